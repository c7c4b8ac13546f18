-- The append-only log (decision 19). Every column enters the hash; one chain per object.
CREATE OR REPLACE FUNCTION portal_setting(name text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('portal.' || name, true), '') $$;

CREATE OR REPLACE FUNCTION portal_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE head record;
BEGIN
  NEW.chain := NEW.target_type || ':' || NEW.target_id;
  -- Two writers of one object take turns, so that no sequence number is given twice. Whoever writes a row of
  -- figures holds that row already; a lock more for each of thousands would exhaust the server's table of locks.
  IF NEW.event NOT LIKE 'figure.%' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.chain, 0));
  END IF;
  SELECT sequence, hash INTO head FROM budget_portal_auditentry
    WHERE chain = NEW.chain ORDER BY sequence DESC LIMIT 1;
  NEW.sequence := COALESCE(head.sequence, 0) + 1;
  NEW.previous_hash := COALESCE(head.hash, repeat('0', 64));
  NEW.hash := portal_audit_hash(NEW);
  RETURN NEW;
END $$;

-- The same text is built by budget_portal/audit_check.py, which does not trust this function.
CREATE OR REPLACE FUNCTION portal_audit_hash(entry budget_portal_auditentry) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(array_to_string(ARRAY[
    entry.id::text,
    to_char(entry.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    entry.actor_id::text, entry.role, entry.organization_id::text, entry.event,
    entry.target_type, entry.target_id, entry.before::text, entry.after::text, entry.note,
    entry.request_id, entry.job_id, entry.chain, entry.sequence::text, entry.previous_hash
  ], E'\x1f', '<null>'), 'UTF8')), 'hex')
$$;

CREATE TRIGGER auditentry_chain BEFORE INSERT ON budget_portal_auditentry
  FOR EACH ROW EXECUTE FUNCTION portal_audit_chain();

CREATE OR REPLACE FUNCTION portal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER auditentry_append_only BEFORE UPDATE OR DELETE ON budget_portal_auditentry
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER auditentry_no_truncate BEFORE TRUNCATE ON budget_portal_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER auditcheckpoint_append_only BEFORE UPDATE OR DELETE ON budget_portal_auditcheckpoint
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER auditcheckpoint_no_truncate BEFORE TRUNCATE ON budget_portal_auditcheckpoint
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

-- Old and new of a row of figures. Argument: the model's label. Only changed columns are written.
CREATE OR REPLACE FUNCTION portal_audit_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END;
  new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) END;
  was jsonb; now_is jsonb;
BEGIN
  SELECT jsonb_object_agg(key, old_row -> key), jsonb_object_agg(key, new_row -> key) INTO was, now_is
    FROM (SELECT jsonb_object_keys(old_row || new_row) AS key) keys
    WHERE key NOT IN ('updated_at', 'version') AND (old_row -> key) IS DISTINCT FROM (new_row -> key);
  IF now_is IS NULL THEN RETURN NULL; END IF;
  INSERT INTO budget_portal_auditentry (recorded_at, actor_id, role, organization_id, event, target_type,
      target_id, before, after, note, request_id, job_id, chain, sequence, previous_hash, hash)
    VALUES (clock_timestamp(), portal_setting('actor')::bigint, COALESCE(portal_setting('role'), ''),
      portal_setting('organization')::bigint,
      CASE TG_OP WHEN 'INSERT' THEN 'figure.created' WHEN 'UPDATE' THEN 'figure.changed' ELSE 'figure.removed' END,
      TG_ARGV[0], COALESCE(new_row ->> 'id', old_row ->> 'id'),
      CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE was END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE now_is END,
      '', COALESCE(portal_setting('request'), ''), COALESCE(portal_setting('job'), ''), '', 0, '', '');
  RETURN NULL;
END $$;

-- A state column moves only along the edges named in the arguments ('draft>submitted', …).
CREATE OR REPLACE FUNCTION portal_guard_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IS DISTINCT FROM NEW.state AND NOT (OLD.state || '>' || NEW.state) = ANY (TG_ARGV::text[]) THEN
    RAISE EXCEPTION '%: no move from % to %', TG_TABLE_NAME, OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_edges';
  END IF;
  RETURN NEW;
END $$;

-- A row begins in the first state of its machine.
CREATE OR REPLACE FUNCTION portal_guard_start() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> TG_ARGV[0] THEN
    RAISE EXCEPTION '%: begins as %, not as %', TG_TABLE_NAME, TG_ARGV[0], NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_starts';
  END IF;
  RETURN NEW;
END $$;

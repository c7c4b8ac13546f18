-- By whose letter a substitute acted enters the log and its hash; entries without one keep the hash they had.
CREATE OR REPLACE FUNCTION portal_audit_hash(entry budget_portal_auditentry) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(array_to_string(ARRAY[
    entry.id::text,
    to_char(entry.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    entry.actor_id::text, entry.role, entry.organization_id::text, entry.event,
    entry.target_type, entry.target_id, entry.before::text, entry.after::text, entry.note,
    entry.request_id, entry.job_id, entry.chain, entry.sequence::text, entry.previous_hash
  ], E'\x1f', '<null>') || COALESCE(E'\x1f' || entry.on_behalf_of_id::text, ''), 'UTF8')), 'hex')
$$;

-- Old and new of a row of figures, as in audit.sql, with the letter. Argument: the model's label. Only changed columns are written.
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
      target_id, before, after, note, request_id, job_id, chain, sequence, previous_hash, hash, on_behalf_of_id)
    VALUES (clock_timestamp(), portal_setting('actor')::bigint, COALESCE(portal_setting('role'), ''),
      portal_setting('organization')::bigint,
      CASE TG_OP WHEN 'INSERT' THEN 'figure.created' WHEN 'UPDATE' THEN 'figure.changed' ELSE 'figure.removed' END,
      TG_ARGV[0], COALESCE(new_row ->> 'id', old_row ->> 'id'),
      CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE was END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE now_is END,
      '', COALESCE(portal_setting('request'), ''), COALESCE(portal_setting('job'), ''), '', 0, '', '',
      portal_setting('on_behalf_of')::bigint);
  RETURN NULL;
END $$;

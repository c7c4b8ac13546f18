-- A project's code is for life, and so is its public id.
CREATE OR REPLACE FUNCTION portal_project_permanent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.code IS DISTINCT FROM OLD.code OR NEW.public_id IS DISTINCT FROM OLD.public_id THEN
    RAISE EXCEPTION 'project %: the code is permanent', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'project_code_permanent';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER project_permanent BEFORE UPDATE OF code, public_id ON agreements_project
  FOR EACH ROW EXECUTE FUNCTION portal_project_permanent();

-- The history of statuses only grows, and its last row is what the project says of itself.
CREATE TRIGGER projectstatuschange_append_only BEFORE UPDATE OR DELETE ON agreements_projectstatuschange
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE OR REPLACE FUNCTION portal_project_status_in_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target bigint := CASE TG_TABLE_NAME WHEN 'agreements_project' THEN (to_jsonb(NEW) ->> 'id')::bigint
                              ELSE (to_jsonb(NEW) ->> 'project_id')::bigint END;
        latest text;
BEGIN
  SELECT status INTO latest FROM agreements_projectstatuschange
    WHERE project_id = target ORDER BY since DESC, id DESC LIMIT 1;
  IF latest IS NOT NULL AND latest <> (SELECT status FROM agreements_project WHERE id = target) THEN
    RAISE EXCEPTION 'project %: its status is not that of the last change', target
      USING ERRCODE = 'check_violation', CONSTRAINT = 'project_status_in_step';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER project_status_in_step AFTER UPDATE OF status ON agreements_project
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION portal_project_status_in_step();
CREATE CONSTRAINT TRIGGER projectstatuschange_in_step AFTER INSERT ON agreements_projectstatuschange
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION portal_project_status_in_step();

-- An identifier is never rewritten or deleted; only its end is written, once.
CREATE OR REPLACE FUNCTION portal_identifier_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.valid_to IS NOT NULL OR to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to' THEN
    RAISE EXCEPTION 'identifier %: end it and add the next', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'projectidentifier_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER projectidentifier_stays BEFORE UPDATE OR DELETE ON agreements_projectidentifier
  FOR EACH ROW EXECUTE FUNCTION portal_identifier_stays();
CREATE TRIGGER projectstatuschange_no_truncate BEFORE TRUNCATE ON agreements_projectstatuschange
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER projectidentifier_no_truncate BEFORE TRUNCATE ON agreements_projectidentifier
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

-- What was said stays as it was said; only «answered» and «resolved» are written later.
CREATE OR REPLACE FUNCTION portal_guard_remark() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := ARRAY['answered_at', 'answered_by_id', 'resolved_at', 'resolved_by_id'];
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
    RAISE EXCEPTION 'remark %: it was said', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'submissionremark_kept';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER submissionremark_kept BEFORE UPDATE OR DELETE ON monitoring_submissionremark
  FOR EACH ROW EXECUTE FUNCTION portal_guard_remark();
CREATE TRIGGER submissionremark_no_truncate BEFORE TRUNCATE ON monitoring_submissionremark
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

-- An explanation is written while its line is open for writing, and never after (it is part of what was sent);
-- that figures have changed and it is void, any check may say.
CREATE OR REPLACE FUNCTION portal_guard_explanation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT COALESCE(portal_line_open(NEW.submission_id, NEW.project_id, NEW.programme_id, NULL), false) THEN
    RAISE EXCEPTION 'check %: the submission is locked for this line', NEW.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'explanation_locked';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checkresult_explanation BEFORE UPDATE ON monitoring_checkresult FOR EACH ROW
  WHEN (NEW.explanation <> '' AND NEW.explanation IS DISTINCT FROM OLD.explanation)
  EXECUTE FUNCTION portal_guard_explanation();

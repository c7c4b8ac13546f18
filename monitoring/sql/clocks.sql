-- A clock that has stopped stays as it was, whatever holidays are learned of later; none is ever taken away.
CREATE OR REPLACE FUNCTION portal_guard_clock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.stopped_at IS NOT NULL THEN
    RAISE EXCEPTION 'clock %: it has stopped', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clock_stopped';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER submissionclock_stopped BEFORE UPDATE OR DELETE ON monitoring_submissionclock
  FOR EACH ROW EXECUTE FUNCTION portal_guard_clock();

-- So do its pauses: none begins, changes or goes once the clock has stopped, and a pause that ended stays ended.
CREATE OR REPLACE FUNCTION portal_guard_pause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.ended_at IS NOT NULL)
      OR EXISTS (SELECT 1 FROM monitoring_submissionclock c WHERE c.id = NEW.clock_id AND c.stopped_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a pause of clock % is over', COALESCE(NEW.clock_id, OLD.clock_id)
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clock_stopped';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER clockpause_over BEFORE INSERT OR UPDATE OR DELETE ON monitoring_clockpause
  FOR EACH ROW EXECUTE FUNCTION portal_guard_pause();
CREATE TRIGGER clocknotice_append_only BEFORE UPDATE OR DELETE ON monitoring_clocknotice
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE TRIGGER stepterms_known BEFORE UPDATE OR DELETE ON monitoring_stepterms
  FOR EACH ROW EXECUTE FUNCTION portal_guard_known();
CREATE TRIGGER pausereason_known BEFORE UPDATE OR DELETE ON monitoring_pausereason
  FOR EACH ROW EXECUTE FUNCTION portal_guard_known();
CREATE TRIGGER escalationterms_known BEFORE UPDATE OR DELETE ON monitoring_escalationterms
  FOR EACH ROW EXECUTE FUNCTION portal_guard_known();
CREATE TRIGGER clocknotice_no_truncate BEFORE TRUNCATE ON monitoring_clocknotice
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

CREATE TRIGGER complaint_edges BEFORE UPDATE ON complaints_complaint
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('registered>assigned', 'registered>forwarded',
    'registered>rejected', 'registered>withdrawn', 'assigned>assigned', 'assigned>in_progress', 'assigned>forwarded',
    'assigned>rejected', 'assigned>withdrawn', 'in_progress>needs_info', 'in_progress>answered',
    'in_progress>forwarded', 'in_progress>rejected', 'in_progress>withdrawn', 'needs_info>in_progress',
    'needs_info>withdrawn', 'answered>objected', 'answered>closed', 'objected>in_progress', 'forwarded>closed',
    'rejected>objected', 'rejected>closed', 'withdrawn>closed');
CREATE TRIGGER complaint_starts BEFORE INSERT ON complaints_complaint
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('registered');
-- A case and its trail never vanish, and an objection is made once.
CREATE TRIGGER complaint_stays BEFORE DELETE ON complaints_complaint
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER complaint_no_truncate BEFORE TRUNCATE ON complaints_complaint
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER complaintevent_append_only BEFORE UPDATE OR DELETE ON complaints_complaintevent
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER complaintevent_no_truncate BEFORE TRUNCATE ON complaints_complaintevent
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE OR REPLACE FUNCTION portal_objection_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.objected_at IS NOT NULL AND NEW.objected_at IS DISTINCT FROM OLD.objected_at THEN
    RAISE EXCEPTION 'complaint %: objected once already', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_objected_once';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER complaint_objected_once BEFORE UPDATE ON complaints_complaint
  FOR EACH ROW EXECUTE FUNCTION portal_objection_once();

CREATE TRIGGER report_edges BEFORE UPDATE ON reports_supervisionreport
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('draft>reviewed', 'reviewed>confirmed', 'reviewed>draft',
    'confirmed>approved', 'confirmed>draft');
-- A published edition never changes (its signed print comes once, by the worker); a reviewed one keeps its package until it is handed back to draft.
CREATE OR REPLACE FUNCTION portal_report_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     OR OLD.state = 'approved' AND (
       to_jsonb(NEW) - 'job_id' - 'pdf_id' IS DISTINCT FROM to_jsonb(OLD) - 'job_id' - 'pdf_id'
       OR OLD.pdf_id IS NOT NULL AND NEW.pdf_id IS DISTINCT FROM OLD.pdf_id)
     OR OLD.state IN ('reviewed', 'confirmed') AND NEW.state <> 'draft'
        AND (NEW.package, NEW.digest) IS DISTINCT FROM (OLD.package, OLD.digest) THEN
    RAISE EXCEPTION 'report %: this edition is frozen', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'report_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER report_frozen BEFORE UPDATE OR DELETE ON reports_supervisionreport
  FOR EACH ROW EXECUTE FUNCTION portal_report_frozen();
CREATE TRIGGER report_starts BEFORE INSERT ON reports_supervisionreport
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('draft');
CREATE TRIGGER report_no_truncate BEFORE TRUNCATE ON reports_supervisionreport
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

CREATE TRIGGER report_edges BEFORE UPDATE ON reports_supervisionreport
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('draft>reviewed', 'reviewed>confirmed', 'reviewed>draft',
    'confirmed>approved', 'confirmed>draft');
-- A published edition never changes; a reviewed one keeps its package until it is handed back to draft.
CREATE OR REPLACE FUNCTION portal_report_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state = 'approved'
     AND (NEW.package, NEW.digest, NEW.number, NEW.edition, NEW.state, NEW.known_at, NEW.pdf_id, NEW.approved_by_id)
       IS DISTINCT FROM
         (OLD.package, OLD.digest, OLD.number, OLD.edition, OLD.state, OLD.known_at, OLD.pdf_id, OLD.approved_by_id)
     AND NOT (OLD.pdf_id IS NULL AND (NEW.package, NEW.digest, NEW.state) IS NOT DISTINCT FROM
         (OLD.package, OLD.digest, OLD.state))
     OR OLD.state IN ('reviewed', 'confirmed') AND NEW.state <> 'draft'
        AND (NEW.package, NEW.digest) IS DISTINCT FROM (OLD.package, OLD.digest) THEN
    RAISE EXCEPTION 'report %: this edition is frozen', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'report_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER report_frozen BEFORE UPDATE OR DELETE ON reports_supervisionreport
  FOR EACH ROW EXECUTE FUNCTION portal_report_frozen();

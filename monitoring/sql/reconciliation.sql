-- A bench moves along the edges of monitoring/workflow/reconciliations.py; what is signed or set aside stays as it is.
CREATE TRIGGER reconciliation_edges BEFORE UPDATE ON monitoring_reconciliation
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('draft>matched', 'matched>matched', 'matched>signed',
    'draft>superseded', 'matched>superseded', 'signed>superseded');
CREATE TRIGGER reconciliation_starts BEFORE INSERT ON monitoring_reconciliation
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('draft');
CREATE TRIGGER reconciliation_stays BEFORE UPDATE OR DELETE ON monitoring_reconciliation FOR EACH ROW
  EXECUTE FUNCTION portal_row_stays('signed', 'superseded', 'reconciliation_immutable', 'state', 'superseded_at',
    'superseded_by_id');

-- Rows and lines of a signed sheet are part of it.
CREATE OR REPLACE FUNCTION portal_guard_bench_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE part jsonb; state text;
BEGIN
  FOREACH part IN ARRAY array_remove(ARRAY[to_jsonb(OLD), to_jsonb(NEW)], NULL) LOOP
    SELECT r.state INTO state FROM monitoring_reconciliation r WHERE r.id = (part ->> 'reconciliation_id')::bigint;
    IF state IN ('signed', 'superseded') THEN
      RAISE EXCEPTION '%: the sheet is %', TG_TABLE_NAME, state
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'reconciliation_immutable';
    END IF;
  END LOOP;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER ledgerrow_stays BEFORE INSERT OR UPDATE OR DELETE ON monitoring_ledgerrow
  FOR EACH ROW EXECUTE FUNCTION portal_guard_bench_part();
CREATE TRIGGER reconciliationline_stays BEFORE INSERT OR UPDATE OR DELETE ON monitoring_reconciliationline
  FOR EACH ROW EXECUTE FUNCTION portal_guard_bench_part();

-- Signed is only what is explained on both sides, of the revision that lies before the treasurer, and not by whoever
-- wrote its figures.
CREATE OR REPLACE FUNCTION portal_bench_complete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing text;
BEGIN
  missing := CASE
    WHEN EXISTS (SELECT 1 FROM monitoring_ledgerrow r WHERE r.reconciliation_id = NEW.id AND r.explanation = ''
        AND r.funding_source_id IS NULL AND r.method = '' AND r.standing IN ('counted', 'unread', 'undated'))
      THEN 'reconciliation_rows_explained'
    WHEN EXISTS (SELECT 1 FROM monitoring_reconciliationline l WHERE l.reconciliation_id = NEW.id
        AND NOT l.agrees AND l.explanation = '') THEN 'reconciliation_lines_explained'
    WHEN NOT EXISTS (SELECT 1 FROM monitoring_performancesubmission s WHERE s.id = NEW.submission_id
        AND s.state = 'submitted' AND s.revision = NEW.revision) THEN 'reconciliation_turn'
    WHEN EXISTS (SELECT 1 FROM monitoring_submissionauthor a WHERE a.submission_id = NEW.submission_id
        AND a.person_id = NEW.signed_by_id) THEN 'reconciliation_authors_apart'
    END;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'reconciliation %: not to be signed', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = missing;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reconciliation_complete BEFORE UPDATE ON monitoring_reconciliation
  FOR EACH ROW WHEN (NEW.state = 'signed' AND OLD.state <> 'signed') EXECUTE FUNCTION portal_bench_complete();

CREATE TRIGGER reconciliationtolerance_append_only BEFORE UPDATE OR DELETE ON monitoring_reconciliationtolerance
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER reconciliationtolerance_no_truncate BEFORE TRUNCATE ON monitoring_reconciliationtolerance
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

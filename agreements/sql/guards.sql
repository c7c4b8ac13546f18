-- An agreement that holds has operations whose weights make exactly 100 and a schedule that never falls.
CREATE OR REPLACE FUNCTION portal_capital_agreement_complete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE agreement bigint := NEW.id; broken bigint;
BEGIN
  SELECT ap.id INTO broken FROM agreements_agreementproject ap
    WHERE ap.agreement_id = agreement AND EXISTS (
        SELECT 1 FROM agreements_capitalagreement a WHERE a.id = agreement AND a.state IN ('exchanged', 'superseded'))
      AND (SELECT COALESCE(sum(weight), 0) FROM agreements_workoperation o WHERE o.agreement_project_id = ap.id) <> 100
    LIMIT 1;
  IF broken IS NOT NULL THEN
    RAISE EXCEPTION 'agreement project %: weights do not make 100', broken
      USING ERRCODE = 'check_violation', CONSTRAINT = 'workoperation_weights_100';
  END IF;
  SELECT s.agreement_project_id INTO broken FROM (
      SELECT ps.agreement_project_id, ps.planned,
        lag(ps.planned) OVER (PARTITION BY ps.agreement_project_id ORDER BY ps.year, ps.quarter) AS earlier
      FROM agreements_physicalschedule ps JOIN agreements_agreementproject ap ON ap.id = ps.agreement_project_id
      JOIN agreements_capitalagreement a ON a.id = ap.agreement_id
      WHERE a.id = agreement AND a.state IN ('exchanged', 'superseded')) s
    WHERE s.planned < s.earlier LIMIT 1;
  IF broken IS NOT NULL THEN
    RAISE EXCEPTION 'agreement project %: the planned curve falls', broken
      USING ERRCODE = 'check_violation', CONSTRAINT = 'physicalschedule_non_decreasing';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER capitalagreement_complete AFTER INSERT OR UPDATE ON agreements_capitalagreement
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION portal_capital_agreement_complete();

-- What holds is read only: no part joins, changes or leaves an exchanged or superseded version.
-- The version is locked while its state is read, so that no exchange runs beside.
CREATE OR REPLACE FUNCTION portal_refuse_held_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE part jsonb; state text;
BEGIN
  FOREACH part IN ARRAY ARRAY[to_jsonb(OLD), to_jsonb(NEW)] LOOP
    IF TG_ARGV[0] = 'operation' THEN
      SELECT a.state INTO state FROM agreements_capitalagreement a
        JOIN agreements_agreementproject ap ON ap.agreement_id = a.id
        WHERE ap.id = (part ->> 'agreement_project_id')::bigint FOR SHARE OF a;
    ELSIF TG_ARGV[0] = 'project' THEN
      SELECT a.state INTO state FROM agreements_capitalagreement a
        WHERE a.id = (part ->> 'agreement_id')::bigint FOR SHARE;
    ELSE
      SELECT a.state INTO state FROM agreements_expenseagreement a
        WHERE a.id = (part ->> 'agreement_id')::bigint FOR SHARE;
    END IF;
    IF state IN ('exchanged', 'superseded') THEN
      RAISE EXCEPTION '%: the agreement is in force; amend it with a new version', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'agreement_version_immutable';
    END IF;
  END LOOP;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER workoperation_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_workoperation
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('operation');
CREATE TRIGGER physicalschedule_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_physicalschedule
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('operation');
CREATE TRIGGER creditschedule_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_creditschedule
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('operation');
CREATE TRIGGER projectcredit_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_projectcredit
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('operation');
CREATE TRIGGER agreementproject_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_agreementproject
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('project');
CREATE TRIGGER programmecredit_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_programmecredit
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('expense');
CREATE TRIGGER activity_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_activity
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('expense');

-- Of a version that holds only its end is written, when the next one supersedes it; of a letter its cancelling.
-- Arguments: state that holds, state after its end, name of the refusal, the columns that tell of the end.
CREATE OR REPLACE FUNCTION portal_row_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := CASE WHEN OLD.state = TG_ARGV[0] THEN TG_ARGV[3:] ELSE ARRAY[]::text[] END;
BEGIN
  IF OLD.state IN (TG_ARGV[0], TG_ARGV[1])
     AND (TG_OP = 'DELETE' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free) THEN
    RAISE EXCEPTION '%: % is %, and stays as it is', TG_TABLE_NAME, OLD.id, OLD.state
      USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_ARGV[2];
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER capitalagreement_stays BEFORE UPDATE OR DELETE ON agreements_capitalagreement FOR EACH ROW
  EXECUTE FUNCTION portal_row_stays('exchanged', 'superseded', 'agreement_version_immutable', 'state', 'valid_to');
CREATE TRIGGER expenseagreement_stays BEFORE UPDATE OR DELETE ON agreements_expenseagreement FOR EACH ROW
  EXECUTE FUNCTION portal_row_stays('exchanged', 'superseded', 'agreement_version_immutable', 'state', 'valid_to');
CREATE TRIGGER allocationnotice_stays BEFORE UPDATE OR DELETE ON agreements_allocationnotice FOR EACH ROW
  EXECUTE FUNCTION portal_row_stays('issued', 'cancelled', 'notice_immutable', 'state', 'cancelled_at', 'cancel_reason');
CREATE TRIGGER budgetnotification_stays BEFORE UPDATE OR DELETE ON agreements_budgetnotification FOR EACH ROW
  EXECUTE FUNCTION portal_row_stays('issued', 'cancelled', 'notice_immutable', 'state', 'cancelled_at', 'cancel_reason');

-- Lines of an issued or cancelled letter never change.
CREATE OR REPLACE FUNCTION portal_refuse_issued() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE line jsonb; state text;
BEGIN
  FOREACH line IN ARRAY ARRAY[to_jsonb(OLD), to_jsonb(NEW)] LOOP
    IF TG_ARGV[0] = 'allocation' THEN
      SELECT n.state INTO state FROM agreements_allocationnotice n
        WHERE n.id = (line ->> 'notice_id')::bigint FOR SHARE;
    ELSE
      SELECT n.state INTO state FROM agreements_budgetnotification n
        WHERE n.id = (line ->> 'notification_id')::bigint FOR SHARE;
    END IF;
    IF state <> 'draft' THEN
      RAISE EXCEPTION '%: the letter is issued', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'notice_immutable';
    END IF;
  END LOOP;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER allocationline_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_allocationline
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_issued('allocation');
CREATE TRIGGER notificationline_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_notificationline
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_issued('notification');

CREATE TRIGGER allocationnotice_edges BEFORE UPDATE ON agreements_allocationnotice
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('draft>issued', 'issued>cancelled');
CREATE TRIGGER budgetnotification_edges BEFORE UPDATE ON agreements_budgetnotification
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('draft>issued', 'issued>cancelled');
CREATE TRIGGER capitalagreement_edges BEFORE UPDATE ON agreements_capitalagreement
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('draft>submitted', 'submitted>expert_approved',
    'submitted>draft', 'expert_approved>exchanged', 'expert_approved>draft', 'exchanged>superseded');
CREATE TRIGGER expenseagreement_edges BEFORE UPDATE ON agreements_expenseagreement
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('draft>submitted', 'submitted>expert_approved',
    'submitted>draft', 'expert_approved>exchanged', 'expert_approved>draft', 'exchanged>superseded');
CREATE TRIGGER periodwindow_edges BEFORE UPDATE ON agreements_periodwindow
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('planned>open', 'open>closed', 'closed>open', 'closed>published');
CREATE TRIGGER extensionrequest_edges BEFORE UPDATE ON agreements_extensionrequest
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('requested>granted', 'requested>refused');

CREATE TRIGGER allocationnotice_starts BEFORE INSERT ON agreements_allocationnotice
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('draft');
CREATE TRIGGER budgetnotification_starts BEFORE INSERT ON agreements_budgetnotification
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('draft');
CREATE TRIGGER capitalagreement_starts BEFORE INSERT ON agreements_capitalagreement
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('draft');
CREATE TRIGGER expenseagreement_starts BEFORE INSERT ON agreements_expenseagreement
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('draft');
CREATE TRIGGER periodwindow_starts BEFORE INSERT ON agreements_periodwindow
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('planned');
CREATE TRIGGER extensionrequest_starts BEFORE INSERT ON agreements_extensionrequest
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('requested');

-- Edges of the state machines (the same tables as monitoring/workflow/*.MOVES; a test compares them).
CREATE TRIGGER submission_edges BEFORE UPDATE ON monitoring_performancesubmission
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('draft>submitted', 'submitted>treasurer_confirmed',
    'submitted>returned', 'treasurer_confirmed>under_review', 'treasurer_confirmed>returned',
    'under_review>expert_reviewed', 'under_review>returned', 'expert_reviewed>approved',
    'expert_reviewed>returned', 'approved>reopened', 'returned>submitted', 'reopened>submitted');
CREATE TRIGGER fieldvisit_edges BEFORE UPDATE ON monitoring_fieldvisit
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('planned>done', 'done>submitted', 'submitted>confirmed',
    'submitted>done', 'confirmed>agency_replied', 'confirmed>closed', 'agency_replied>closed');
CREATE TRIGGER visitfinding_edges BEFORE UPDATE ON monitoring_visitfinding
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('open>in_progress', 'in_progress>resolved',
    'resolved>verified', 'resolved>in_progress');

-- Whoever wrote a figure, in whatever revision, takes no later step on it (decision 14).
CREATE OR REPLACE FUNCTION portal_submission_authors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM monitoring_submissionauthor a WHERE a.submission_id = NEW.id
      AND a.person_id IN (NEW.confirmed_by_id, NEW.reviewed_by_id, NEW.approved_by_id))
  THEN
    RAISE EXCEPTION 'submission %: an author may not confirm, review or approve', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_authors_apart';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER submission_authors BEFORE UPDATE ON monitoring_performancesubmission
  FOR EACH ROW EXECUTE FUNCTION portal_submission_authors();
CREATE TRIGGER submissionauthor_append_only BEFORE UPDATE OR DELETE ON monitoring_submissionauthor
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER submissionauthor_no_truncate BEFORE TRUNCATE ON monitoring_submissionauthor
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

-- Who asked for a reopening does not carry it out (decision 21); what opens the lines names who does.
CREATE OR REPLACE FUNCTION portal_reopening_asked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked_by bigint;
BEGIN
  SELECT s.reopen_asked_by_id INTO asked_by FROM monitoring_performancesubmission s WHERE s.id = NEW.submission_id;
  IF asked_by IS NULL OR asked_by = NEW.opened_by_id THEN
    RAISE EXCEPTION 'submission %: %', NEW.submission_id,
      CASE WHEN asked_by IS NULL THEN 'nobody asked for a reopening' ELSE 'another person than the asking one reopens' END
      USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_reopening_two_people';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER returnmark_reopening BEFORE INSERT ON monitoring_returnmark
  FOR EACH ROW WHEN (NEW.stage = 'reopening') EXECUTE FUNCTION portal_reopening_asked();

CREATE TRIGGER submission_starts BEFORE INSERT ON monitoring_performancesubmission
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('draft');

-- Does an open mark cover this line of this submission?
CREATE OR REPLACE FUNCTION portal_line_marked(submission bigint, project bigint, programme bigint, chapter bigint)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT EXISTS (SELECT 1 FROM monitoring_returnmark r
      WHERE r.submission_id = submission AND r.closed_at IS NULL
        AND ((r.project_id IS NULL AND r.programme_id IS NULL)
          OR r.project_id = project
          OR (r.programme_id = programme AND (r.expense_chapter_id IS NULL OR chapter IS NULL
              OR r.expense_chapter_id = chapter))))
  );
END $$;

-- Is this line of this submission open for writing? Draft: all. Returned, reopened: lines with an open mark.
CREATE OR REPLACE FUNCTION portal_line_open(submission bigint, project bigint, programme bigint, chapter bigint)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT CASE s.state
      WHEN 'draft' THEN true
      WHEN 'returned' THEN portal_line_marked(submission, project, programme, chapter)
      WHEN 'reopened' THEN portal_line_marked(submission, project, programme, chapter)
      ELSE false END
    FROM monitoring_performancesubmission s WHERE s.id = submission
  );
END $$;

-- Whoever writes, by whatever path: a line of a locked submission refuses insert, update and delete,
-- and it belongs to the agency of its submission.
CREATE OR REPLACE FUNCTION portal_guard_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row_data jsonb; submission bigint; project bigint; programme bigint; chapter bigint; owner bigint; line_owner bigint;
BEGIN
  -- Both where it was and where it is going: a line neither leaves a locked submission nor joins one.
  FOREACH row_data IN ARRAY array_remove(ARRAY[to_jsonb(OLD), to_jsonb(NEW)], NULL) LOOP
    IF TG_ARGV[0] = 'part' THEN
      SELECT p.submission_id, p.project_id INTO submission, project FROM monitoring_projectprogress p
        WHERE p.id = (row_data ->> 'progress_id')::bigint;
    ELSE
      submission := (row_data ->> 'submission_id')::bigint;
      project := (row_data ->> 'project_id')::bigint;
      programme := (row_data ->> 'programme_id')::bigint;
      chapter := (row_data ->> 'expense_chapter_id')::bigint;
    END IF;
    IF TG_ARGV[0] = 'activity' THEN
      SELECT a.programme_id INTO programme FROM agreements_activity a
        WHERE a.id = (row_data ->> 'activity_id')::bigint;
    END IF;
    IF NOT COALESCE(portal_line_open(submission, project, programme, chapter), false) THEN
      RAISE EXCEPTION '%: the submission is locked for this line', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'submission_locked';
    END IF;
  END LOOP;
  IF TG_ARGV[0] IN ('capital', 'expense', 'activity') AND (TG_OP = 'INSERT'
      OR TG_OP = 'UPDATE' AND (to_jsonb(OLD) ->> 'submission_id')::bigint <> submission) THEN
    SELECT s.agency_id INTO owner FROM monitoring_performancesubmission s WHERE s.id = submission;
    IF TG_ARGV[0] = 'capital' THEN
      SELECT a.agency_id INTO line_owner FROM agreements_agreementproject ap
        JOIN agreements_capitalagreement a ON a.id = ap.agreement_id
        WHERE ap.id = (row_data ->> 'agreement_project_id')::bigint AND ap.project_id = project;
    ELSIF TG_ARGV[0] = 'expense' THEN
      SELECT a.agency_id INTO line_owner FROM agreements_expenseagreement a
        WHERE a.id = (row_data ->> 'agreement_id')::bigint;
    ELSE
      SELECT e.agency_id INTO line_owner FROM agreements_activity a
        JOIN agreements_expenseagreement e ON e.id = a.agreement_id WHERE a.id = (row_data ->> 'activity_id')::bigint;
    END IF;
    IF line_owner IS DISTINCT FROM owner THEN
      RAISE EXCEPTION '%: the line belongs to another agency', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'line_agency';
    END IF;
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER capitalfinanceline_lock BEFORE INSERT OR UPDATE OR DELETE ON monitoring_capitalfinanceline
  FOR EACH ROW EXECUTE FUNCTION portal_guard_line('capital');
CREATE TRIGGER expensefinanceline_lock BEFORE INSERT OR UPDATE OR DELETE ON monitoring_expensefinanceline
  FOR EACH ROW EXECUTE FUNCTION portal_guard_line('expense');
CREATE TRIGGER projectprogress_lock BEFORE INSERT OR UPDATE OR DELETE ON monitoring_projectprogress
  FOR EACH ROW EXECUTE FUNCTION portal_guard_line('capital');
CREATE TRIGGER operationprogress_lock BEFORE INSERT OR UPDATE OR DELETE ON monitoring_operationprogress
  FOR EACH ROW EXECUTE FUNCTION portal_guard_line('part');
CREATE TRIGGER projectdelaycause_lock BEFORE INSERT OR UPDATE OR DELETE ON monitoring_projectdelaycause
  FOR EACH ROW EXECUTE FUNCTION portal_guard_line('part');
CREATE TRIGGER activityperformance_lock BEFORE INSERT OR UPDATE OR DELETE ON monitoring_activityperformance
  FOR EACH ROW EXECUTE FUNCTION portal_guard_line('activity');
CREATE TRIGGER submissiondocument_lock BEFORE INSERT OR UPDATE OR DELETE ON monitoring_submissiondocument
  FOR EACH ROW EXECUTE FUNCTION portal_guard_line('evidence');

-- Old and new of every figure, from the first save on.
CREATE TRIGGER capitalfinanceline_audit AFTER INSERT OR UPDATE OR DELETE ON monitoring_capitalfinanceline
  FOR EACH ROW EXECUTE FUNCTION portal_audit_row('monitoring.capitalfinanceline');
CREATE TRIGGER expensefinanceline_audit AFTER INSERT OR UPDATE OR DELETE ON monitoring_expensefinanceline
  FOR EACH ROW EXECUTE FUNCTION portal_audit_row('monitoring.expensefinanceline');
CREATE TRIGGER projectprogress_audit AFTER INSERT OR UPDATE OR DELETE ON monitoring_projectprogress
  FOR EACH ROW EXECUTE FUNCTION portal_audit_row('monitoring.projectprogress');
CREATE TRIGGER operationprogress_audit AFTER INSERT OR UPDATE OR DELETE ON monitoring_operationprogress
  FOR EACH ROW EXECUTE FUNCTION portal_audit_row('monitoring.operationprogress');
CREATE TRIGGER projectdelaycause_audit AFTER INSERT OR UPDATE OR DELETE ON monitoring_projectdelaycause
  FOR EACH ROW EXECUTE FUNCTION portal_audit_row('monitoring.projectdelaycause');
CREATE TRIGGER activityperformance_audit AFTER INSERT OR UPDATE OR DELETE ON monitoring_activityperformance
  FOR EACH ROW EXECUTE FUNCTION portal_audit_row('monitoring.activityperformance');
CREATE TRIGGER visitmeasurement_audit AFTER INSERT OR UPDATE OR DELETE ON monitoring_visitmeasurement
  FOR EACH ROW EXECUTE FUNCTION portal_audit_row('monitoring.visitmeasurement');
CREATE TRIGGER visitactivitycheck_audit AFTER INSERT OR UPDATE OR DELETE ON monitoring_visitactivitycheck
  FOR EACH ROW EXECUTE FUNCTION portal_audit_row('monitoring.visitactivitycheck');

-- What was sent, confirmed or approved stays word for word.
CREATE TRIGGER submissionsnapshot_append_only BEFORE UPDATE OR DELETE ON monitoring_submissionsnapshot
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER submissionsnapshot_no_truncate BEFORE TRUNCATE ON monitoring_submissionsnapshot
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

CREATE TRIGGER followup_append_only BEFORE UPDATE OR DELETE ON monitoring_followup
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER followup_no_truncate BEFORE TRUNCATE ON monitoring_followup
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

-- A visit that was handed in is evidence until it is handed back: a move writes its own columns and no others.
-- Between the moves the expert may comment on a dispute (V10), until the visit is closed.
CREATE OR REPLACE FUNCTION portal_guard_visit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[];
BEGIN
  IF OLD.state IN ('planned', 'done') THEN RETURN COALESCE(NEW, OLD); END IF;
  free := CASE
    WHEN OLD.state = NEW.state AND OLD.state <> 'closed' THEN ARRAY['dispute_comment']
    WHEN OLD.state = NEW.state THEN ARRAY[]::text[]
    WHEN NEW.state = 'done' THEN ARRAY['state', 'submitted_at', 'submitted_by_id']
    WHEN NEW.state = 'confirmed' THEN ARRAY['state', 'confirmed_at', 'confirmed_by_id']
    WHEN NEW.state = 'agency_replied' THEN ARRAY['state', 'agency_reply']
    ELSE ARRAY['state'] END;
  IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
    RAISE EXCEPTION 'visit %: it is handed in', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'visit_locked';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fieldvisit_lock BEFORE UPDATE OR DELETE ON monitoring_fieldvisit
  FOR EACH ROW EXECUTE FUNCTION portal_guard_visit();
CREATE TRIGGER fieldvisit_starts BEFORE INSERT ON monitoring_fieldvisit
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('planned');

-- Its parts are locked with it. Argument: a column that stays free, since it has moves of its own.
CREATE OR REPLACE FUNCTION portal_guard_visit_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE part jsonb; state text;
BEGIN
  IF to_jsonb(NEW) - TG_ARGV[0] = to_jsonb(OLD) - TG_ARGV[0] THEN RETURN NEW; END IF;
  FOREACH part IN ARRAY ARRAY[to_jsonb(OLD), to_jsonb(NEW)] LOOP
    SELECT v.state INTO state FROM monitoring_fieldvisit v WHERE v.id = (part ->> 'visit_id')::bigint FOR SHARE;
    IF state NOT IN ('planned', 'done') THEN
      RAISE EXCEPTION '%: the visit is handed in', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'visit_locked';
    END IF;
  END LOOP;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER visitfinding_lock BEFORE INSERT OR UPDATE OR DELETE ON monitoring_visitfinding
  FOR EACH ROW EXECUTE FUNCTION portal_guard_visit_part('state');
CREATE TRIGGER visitfinding_starts BEFORE INSERT ON monitoring_visitfinding
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('open');
CREATE TRIGGER visitmeasurement_lock BEFORE INSERT OR UPDATE OR DELETE ON monitoring_visitmeasurement
  FOR EACH ROW EXECUTE FUNCTION portal_guard_visit_part();
CREATE TRIGGER visitphoto_lock BEFORE INSERT OR UPDATE OR DELETE ON monitoring_visitphoto
  FOR EACH ROW EXECUTE FUNCTION portal_guard_visit_part();
CREATE TRIGGER visitactivitycheck_lock BEFORE INSERT OR UPDATE OR DELETE ON monitoring_visitactivitycheck
  FOR EACH ROW EXECUTE FUNCTION portal_guard_visit_part();
CREATE TRIGGER visitdelaycause_lock BEFORE INSERT OR UPDATE OR DELETE ON monitoring_visitdelaycause
  FOR EACH ROW EXECUTE FUNCTION portal_guard_visit_part();

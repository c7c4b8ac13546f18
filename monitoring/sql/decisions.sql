-- Who decides on a line at one stage wrote none of its figures and decided at no other stage (decision 14), nor did
-- the one in whose place the decision is made.
CREATE OR REPLACE FUNCTION portal_decision_people() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE s record; deciders bigint[];
BEGIN
  NEW.on_behalf_of_id := portal_letter_of(NEW.by_id);
  deciders := portal_persons(NEW.by_id, NEW.on_behalf_of_id);
  SELECT * INTO s FROM monitoring_performancesubmission sub WHERE sub.id = NEW.submission_id FOR SHARE;
  IF NEW.revision <> s.revision OR NOT (
      NEW.stage = 'treasurer' AND s.state = 'submitted'
      OR NEW.stage = 'expert' AND s.state IN ('treasurer_confirmed', 'under_review')
      OR NEW.stage = 'consolidation' AND s.state = 'expert_reviewed') THEN
    RAISE EXCEPTION 'submission %: it is not at the stage %', NEW.submission_id, NEW.stage
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'linedecision_stage';
  END IF;
  IF deciders && portal_persons(s.submitted_by_id, s.submitted_for_id)
    OR NEW.stage <> 'treasurer' AND deciders && portal_persons(s.confirmed_by_id, s.confirmed_for_id)
    OR NEW.stage = 'consolidation' AND deciders && portal_persons(s.reviewed_by_id, s.reviewed_for_id)
    OR EXISTS (SELECT 1 FROM monitoring_submissionauthor a WHERE a.submission_id = NEW.submission_id
      AND deciders && portal_persons(a.person_id, a.on_behalf_of_id))
    OR EXISTS (SELECT 1 FROM monitoring_linedecision d WHERE d.submission_id = NEW.submission_id
      AND d.stage <> NEW.stage AND d.ended_at IS NULL AND deciders && portal_persons(d.by_id, d.on_behalf_of_id)) THEN
    RAISE EXCEPTION 'submission %: entering, confirming, reviewing and approving are different people',
      NEW.submission_id USING ERRCODE = 'check_violation', CONSTRAINT = 'linedecision_people';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER linedecision_people BEFORE INSERT ON monitoring_linedecision
  FOR EACH ROW EXECUTE FUNCTION portal_decision_people();

-- A decision is ended once; nothing else of it changes.
CREATE OR REPLACE FUNCTION portal_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
    OR to_jsonb(NEW) - 'ended_at' IS DISTINCT FROM to_jsonb(OLD) - 'ended_at' THEN
    RAISE EXCEPTION 'decision %: it is kept as it was made', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'linedecision_kept';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER linedecision_kept BEFORE UPDATE OR DELETE ON monitoring_linedecision
  FOR EACH ROW EXECUTE FUNCTION portal_guard_decision();
CREATE TRIGGER linedecision_no_truncate BEFORE TRUNCATE ON monitoring_linedecision
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

-- Whoever accepted a line that still stands neither wrote a figure afterwards nor signs a later step. After the row,
-- when the letters of its steps stand in it.
CREATE OR REPLACE FUNCTION portal_submission_deciders() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  sent bigint[] := portal_persons(NEW.submitted_by_id, NEW.submitted_for_id);
  confirmed bigint[] := portal_persons(NEW.confirmed_by_id, NEW.confirmed_for_id);
  reviewed bigint[] := portal_persons(NEW.reviewed_by_id, NEW.reviewed_for_id);
  approved bigint[] := portal_persons(NEW.approved_by_id, NEW.approved_for_id);
BEGIN
  IF EXISTS (SELECT 1 FROM (
      SELECT d.stage, portal_persons(d.by_id, d.on_behalf_of_id) AS deciders FROM monitoring_linedecision d
      WHERE d.submission_id = NEW.id AND d.ended_at IS NULL) d
    WHERE d.deciders && sent
      OR d.stage <> 'treasurer' AND d.deciders && confirmed
      OR d.stage <> 'expert' AND d.deciders && reviewed
      OR d.stage <> 'consolidation' AND d.deciders && approved
      OR EXISTS (SELECT 1 FROM monitoring_submissionauthor a WHERE a.submission_id = NEW.id
        AND d.deciders && portal_persons(a.person_id, a.on_behalf_of_id)))
  THEN
    RAISE EXCEPTION 'submission %: who decided on its lines takes no other step', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_deciders_apart';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER submission_deciders AFTER UPDATE ON monitoring_performancesubmission
  FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state
    AND NEW.state IN ('treasurer_confirmed', 'expert_reviewed', 'approved'))
  EXECUTE FUNCTION portal_submission_deciders();

-- What was decided about evidence, and who opened what, stays.
CREATE TRIGGER evidencepolicy_append_only BEFORE UPDATE OR DELETE ON monitoring_evidencepolicy
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER evidencepolicy_no_truncate BEFORE TRUNCATE ON monitoring_evidencepolicy
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER evidenceopening_append_only BEFORE UPDATE OR DELETE ON monitoring_evidenceopening
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER evidenceopening_no_truncate BEFORE TRUNCATE ON monitoring_evidenceopening
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

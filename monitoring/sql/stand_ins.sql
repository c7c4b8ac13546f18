-- Four people also across substitutes (decision 14): the letter of each step, and who counts as one.
CREATE TRIGGER submission_stand_ins BEFORE INSERT OR UPDATE OF submitted_by_id, submitted_at, submitted_for_id, confirmed_by_id, confirmed_at, confirmed_for_id, reviewed_by_id, reviewed_at, reviewed_for_id, approved_by_id, approved_at, approved_for_id
  ON monitoring_performancesubmission FOR EACH ROW EXECUTE FUNCTION portal_stand_ins('submitted', 'confirmed', 'reviewed', 'approved');
CREATE TRIGGER submission_stand_ins_reopening BEFORE INSERT OR UPDATE OF reopen_asked_by_id, reopen_asked_at, reopen_asked_for_id
  ON monitoring_performancesubmission FOR EACH ROW EXECUTE FUNCTION portal_stand_ins('reopen_asked');
CREATE TRIGGER returnmark_stand_ins BEFORE INSERT OR UPDATE OF opened_by_id, opened_at, opened_for_id
  ON monitoring_returnmark FOR EACH ROW EXECUTE FUNCTION portal_stand_ins('opened');
CREATE TRIGGER fieldvisit_stand_ins BEFORE INSERT OR UPDATE OF submitted_by_id, submitted_at, submitted_for_id, confirmed_by_id, confirmed_at, confirmed_for_id
  ON monitoring_fieldvisit FOR EACH ROW EXECUTE FUNCTION portal_stand_ins('submitted', 'confirmed');

CREATE OR REPLACE FUNCTION portal_author_letter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.on_behalf_of_id := portal_letter_of(NEW.person_id);
  RETURN NEW;
END $$;
CREATE TRIGGER submissionauthor_stand_in BEFORE INSERT ON monitoring_submissionauthor
  FOR EACH ROW EXECUTE FUNCTION portal_author_letter();

-- After the row, when the letters of its steps stand in it.
CREATE OR REPLACE FUNCTION portal_submission_authors() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE signers bigint[] := portal_persons(NEW.confirmed_by_id, NEW.confirmed_for_id)
  || portal_persons(NEW.reviewed_by_id, NEW.reviewed_for_id)
  || portal_persons(NEW.approved_by_id, NEW.approved_for_id);
BEGIN
  IF signers <> '{}' AND EXISTS (SELECT 1 FROM monitoring_submissionauthor a WHERE a.submission_id = NEW.id
      AND portal_persons(a.person_id, a.on_behalf_of_id) && signers)
  THEN
    RAISE EXCEPTION 'submission %: an author may not confirm, review or approve', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_authors_apart';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER submission_authors ON monitoring_performancesubmission;
CREATE TRIGGER submission_authors AFTER UPDATE ON monitoring_performancesubmission
  FOR EACH ROW EXECUTE FUNCTION portal_submission_authors();

CREATE OR REPLACE FUNCTION portal_reopening_asked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked bigint[];
BEGIN
  SELECT portal_persons(s.reopen_asked_by_id, s.reopen_asked_for_id) INTO asked
    FROM monitoring_performancesubmission s WHERE s.id = NEW.submission_id;
  IF asked = '{}' OR asked && portal_persons(NEW.opened_by_id, NEW.opened_for_id) THEN
    RAISE EXCEPTION 'submission %: %', NEW.submission_id,
      CASE WHEN asked = '{}' THEN 'nobody asked for a reopening' ELSE 'another person than the asking one reopens' END
      USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_reopening_two_people';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER returnmark_reopening ON monitoring_returnmark;
CREATE TRIGGER returnmark_reopening AFTER INSERT ON monitoring_returnmark
  FOR EACH ROW WHEN (NEW.stage = 'reopening') EXECUTE FUNCTION portal_reopening_asked();

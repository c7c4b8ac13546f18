-- Who writes an answer does not send it, also not as a substitute.
CREATE TRIGGER complaint_stand_ins BEFORE INSERT OR UPDATE OF answer_written_by_id, answer_written_at, answer_written_for_id, answered_by_id, answered_at, answered_for_id
  ON complaints_complaint FOR EACH ROW EXECUTE FUNCTION portal_stand_ins('answer_written', 'answered');

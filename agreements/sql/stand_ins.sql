-- Signed, reviewed, exchanged; asked and decided: of different people also across substitutes.
CREATE TRIGGER capitalagreement_stand_ins BEFORE INSERT OR UPDATE OF submitted_by_id, submitted_at, submitted_for_id, reviewed_by_id, reviewed_at, reviewed_for_id, exchanged_by_id, exchanged_for_id
  ON agreements_capitalagreement FOR EACH ROW EXECUTE FUNCTION portal_stand_ins('submitted', 'reviewed', 'exchanged');
CREATE TRIGGER expenseagreement_stand_ins BEFORE INSERT OR UPDATE OF submitted_by_id, submitted_at, submitted_for_id, reviewed_by_id, reviewed_at, reviewed_for_id, exchanged_by_id, exchanged_for_id
  ON agreements_expenseagreement FOR EACH ROW EXECUTE FUNCTION portal_stand_ins('submitted', 'reviewed', 'exchanged');
CREATE TRIGGER extensionrequest_stand_ins BEFORE INSERT OR UPDATE OF requested_by_id, requested_at, requested_for_id, decided_by_id, decided_at, decided_for_id
  ON agreements_extensionrequest FOR EACH ROW EXECUTE FUNCTION portal_stand_ins('requested', 'decided');

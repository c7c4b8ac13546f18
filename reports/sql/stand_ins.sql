-- Three signers of an edition also across substitutes.
CREATE TRIGGER report_stand_ins BEFORE INSERT OR UPDATE OF reviewed_by_id, reviewed_at, reviewed_for_id, confirmed_by_id, confirmed_at, confirmed_for_id, approved_by_id, approved_at, approved_for_id
  ON reports_supervisionreport FOR EACH ROW EXECUTE FUNCTION portal_stand_ins('reviewed', 'confirmed', 'approved');

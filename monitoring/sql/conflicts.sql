CREATE TRIGGER tolerance_append_only BEFORE UPDATE OR DELETE ON monitoring_tolerance
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER tolerance_no_truncate BEFORE TRUNCATE ON monitoring_tolerance
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER sourceconflict_edges BEFORE UPDATE ON monitoring_sourceconflict
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('open>explained', 'explained>resolved', 'explained>open',
    'resolved>open', 'agreed>open', 'open>agreed', 'explained>agreed', 'resolved>agreed');
CREATE TRIGGER sourceconflict_starts BEFORE INSERT ON monitoring_sourceconflict
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('open');

-- A batch moves along the edges of agreements/workflow/imports.py.
CREATE TRIGGER importbatch_edges BEFORE UPDATE ON budget_portal_importbatch
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('uploaded>mapped', 'mapped>mapped', 'previewed>mapped',
    'failed>mapped', 'mapped>previewed', 'previewed>applying', 'applying>applied',
    'applying>previewed', 'applying>failed', 'applied>undone', 'uploaded>cancelled', 'mapped>cancelled',
    'previewed>cancelled', 'failed>cancelled');
CREATE TRIGGER importbatch_starts BEFORE INSERT ON budget_portal_importbatch
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('uploaded');

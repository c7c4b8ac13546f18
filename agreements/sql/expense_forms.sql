-- Forms 2-b and 4 to 7 of a version that holds are read only, like its other parts.
CREATE TRIGGER activitycentre_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_activitycentre
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('expense');
CREATE TRIGGER chapternarrative_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_chapternarrative
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('expense');
CREATE TRIGGER costattribution_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_costattribution
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('expense');
CREATE TRIGGER revenueforecast_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_revenueforecast
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('expense');
CREATE TRIGGER manpower_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_manpower
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('expense');
CREATE TRIGGER countyshare_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_countyshare
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_held_version('expense');

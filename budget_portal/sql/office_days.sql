-- What we knew when stays as we knew it: a row is withdrawn once and nothing else of it changes.
-- Also guards other tables that keep their history this way (monitoring: terms of clocks).
CREATE OR REPLACE FUNCTION portal_guard_known() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawal_reason'];
BEGIN
  IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
      OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
    RAISE EXCEPTION '% keeps its history', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'known_for_ever';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER holiday_known BEFORE UPDATE OR DELETE ON budget_portal_holiday
  FOR EACH ROW EXECUTE FUNCTION portal_guard_known();
CREATE TRIGGER workingweek_known BEFORE UPDATE OR DELETE ON budget_portal_workingweek
  FOR EACH ROW EXECUTE FUNCTION portal_guard_known();

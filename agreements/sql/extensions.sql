-- The agency may take its request back until it is decided (the same table as agreements/workflow/moves.py).
DROP TRIGGER extensionrequest_edges ON agreements_extensionrequest;
CREATE TRIGGER extensionrequest_edges BEFORE UPDATE ON agreements_extensionrequest
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('requested>granted', 'requested>refused', 'requested>withdrawn');

-- What was asked stays as it was asked; a decision writes its own columns.
CREATE OR REPLACE FUNCTION portal_guard_extension() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := ARRAY['state', 'decided_by_id', 'decided_at', 'decision_note'];
BEGIN
  IF OLD.state <> 'requested' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
    RAISE EXCEPTION 'extension %: it is decided, or was asked otherwise', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'extension_as_asked';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER extensionrequest_as_asked BEFORE UPDATE ON agreements_extensionrequest
  FOR EACH ROW EXECUTE FUNCTION portal_guard_extension();

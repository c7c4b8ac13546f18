-- A package stays word for word, and names the one before it in the chain of its organization.
CREATE TRIGGER package_append_only BEFORE UPDATE OR DELETE ON monitoring_package
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER package_no_truncate BEFORE TRUNCATE ON monitoring_package
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

CREATE OR REPLACE FUNCTION portal_package_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE head record;
BEGIN
  -- The writer holds this lock already; whoever writes past it waits here.
  PERFORM pg_advisory_xact_lock(hashtextextended('package-chain:' || NEW.organization_id, 0));
  SELECT number, digest INTO head FROM monitoring_package
    WHERE organization_id = NEW.organization_id ORDER BY number DESC LIMIT 1;
  IF NEW.number <> COALESCE(head.number, 0) + 1 OR NEW.previous_digest <> COALESCE(head.digest, repeat('0', 64))
     OR NEW.digest <> encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex') THEN
    RAISE EXCEPTION 'package %/%: it does not follow its chain', NEW.organization_id, NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'package_chain';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER package_chain BEFORE INSERT ON monitoring_package
  FOR EACH ROW EXECUTE FUNCTION portal_package_chain();

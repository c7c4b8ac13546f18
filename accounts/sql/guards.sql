-- Decision 7: an agency's county may be empty only under a national organization, and lies in its province.
CREATE OR REPLACE FUNCTION portal_agency_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE org accounts_organization%ROWTYPE;
BEGIN
  SELECT * INTO org FROM accounts_organization WHERE id = NEW.organization_id;
  IF org.level = 'provincial' AND NOT EXISTS (
      SELECT 1 FROM accounts_county c WHERE c.id = NEW.county_id AND c.province_id = org.province_id) THEN
    RAISE EXCEPTION 'agency %: a county of its province is demanded', NEW.code
      USING ERRCODE = 'check_violation', CONSTRAINT = 'agency_county';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM accounts_sectorgroup g
      WHERE g.id = NEW.sector_group_id AND g.organization_id = NEW.organization_id) THEN
    RAISE EXCEPTION 'agency %: sector group of another organization', NEW.code
      USING ERRCODE = 'check_violation', CONSTRAINT = 'agency_sector_group';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER agency_place BEFORE INSERT OR UPDATE ON accounts_agency
  FOR EACH ROW EXECUTE FUNCTION portal_agency_place();

-- A membership's agency and group belong to its organization.
CREATE OR REPLACE FUNCTION portal_membership_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.agency_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts_agency a
        WHERE a.id = NEW.agency_id AND a.organization_id = NEW.organization_id))
     OR (NEW.sector_group_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts_sectorgroup g
        WHERE g.id = NEW.sector_group_id AND g.organization_id = NEW.organization_id)) THEN
    RAISE EXCEPTION 'membership: agency or group of another organization'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_place';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER membership_place BEFORE INSERT OR UPDATE ON accounts_membership
  FOR EACH ROW EXECUTE FUNCTION portal_membership_place();

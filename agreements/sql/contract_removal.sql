-- What was signed stays once something was built on it; a contract keeps its project and its company's part. One that
-- nothing was built on yet may be taken back with the import that brought it.
CREATE OR REPLACE FUNCTION portal_contract_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.project_id = OLD.project_id AND (NEW.amount, NEW.company_id) = (OLD.amount, OLD.company_id) THEN
    RETURN NEW;
  END IF;
  IF (TG_OP = 'UPDATE' AND NEW.project_id <> OLD.project_id)
     OR EXISTS (SELECT 1 FROM agreements_contractchange WHERE contract_id = OLD.id)
     OR EXISTS (SELECT 1 FROM agreements_contractstatement WHERE contract_id = OLD.id) THEN
    RAISE EXCEPTION 'contract %: what was signed stays', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'contract_stays';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER contractchange_append_only BEFORE UPDATE OR DELETE ON agreements_contractchange
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

-- A change begins at what the contract is worth, so the amounts make one chain.
CREATE OR REPLACE FUNCTION portal_contract_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE worth bigint;
BEGIN
  SELECT amount INTO worth FROM agreements_contract WHERE id = NEW.contract_id FOR UPDATE;
  SELECT COALESCE((SELECT new_amount FROM agreements_contractchange WHERE contract_id = NEW.contract_id
                     ORDER BY decided_on DESC, id DESC LIMIT 1), worth) INTO worth;
  IF NEW.old_amount <> worth THEN
    RAISE EXCEPTION 'contract %: the change does not begin at %', NEW.contract_id, worth
      USING ERRCODE = 'check_violation', CONSTRAINT = 'contractchange_chain';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contractchange_chain BEFORE INSERT ON agreements_contractchange
  FOR EACH ROW EXECUTE FUNCTION portal_contract_chain();

-- What was signed stays once something was built on it; a contract keeps its project and its company's part.
CREATE OR REPLACE FUNCTION portal_contract_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.project_id = OLD.project_id AND (NEW.amount, NEW.company_id) = (OLD.amount, OLD.company_id) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR NEW.project_id <> OLD.project_id
     OR EXISTS (SELECT 1 FROM agreements_contractchange WHERE contract_id = OLD.id)
     OR EXISTS (SELECT 1 FROM agreements_contractstatement WHERE contract_id = OLD.id) THEN
    RAISE EXCEPTION 'contract %: what was signed stays', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'contract_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contract_stays BEFORE UPDATE OR DELETE ON agreements_contract
  FOR EACH ROW EXECUTE FUNCTION portal_contract_stays();
CREATE TRIGGER contractchange_no_truncate BEFORE TRUNCATE ON agreements_contractchange
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

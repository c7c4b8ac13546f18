-- Nothing of a row is lost or doubled on its way into the next year.
CREATE OR REPLACE FUNCTION portal_mapping_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE part agreements_classificationmapping := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; total numeric;
BEGIN
  SELECT sum(share) INTO total FROM agreements_classificationmapping
    WHERE fiscal_year_id = part.fiscal_year_id AND tree = part.tree AND from_code = part.from_code;
  IF total <> 1 THEN
    RAISE EXCEPTION 'mapping of % %: the shares make %, not 1', part.tree, part.from_code, total
      USING ERRCODE = 'check_violation', CONSTRAINT = 'classificationmapping_whole';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER classificationmapping_whole AFTER INSERT OR UPDATE OR DELETE
  ON agreements_classificationmapping DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION portal_mapping_whole();

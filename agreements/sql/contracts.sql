-- The check digit of a legal id (domain guide §14), the same formula as budget_portal/identifiers.py.
CREATE OR REPLACE FUNCTION portal_legal_id_valid(code text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE weights int[] := ARRAY[29, 27, 23, 19, 17, 29, 27, 23, 19, 17]; shift int; total int := 0;
BEGIN
  IF code IS NULL OR code !~ '^[0-9]{11}$' OR code ~ '^(.)\1*$' OR substr(code, 4, 6) = '000000' THEN
    RETURN false;
  END IF;
  shift := substr(code, 10, 1)::int + 2;
  FOR place IN 1..10 LOOP
    total := total + (substr(code, place, 1)::int + shift) * weights[place];
  END LOOP;
  RETURN substr(code, 11, 1)::int = (total % 11) % 10;
END $$;

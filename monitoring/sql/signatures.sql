-- A signature is given once and for all.
CREATE TRIGGER signature_append_only BEFORE UPDATE OR DELETE ON monitoring_signature
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER signature_no_truncate BEFORE TRUNCATE ON monitoring_signature
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

-- A key is retired, or sealed anew under another key of the installation; its public half never changes.
CREATE OR REPLACE FUNCTION portal_guard_signing_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := ARRAY['sealed', 'retired_at'];
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
    OR (OLD.retired_at IS NOT NULL AND NEW.retired_at IS DISTINCT FROM OLD.retired_at) THEN
    RAISE EXCEPTION 'signing key %: it is kept as it was made', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'signingkey_kept';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signingkey_kept BEFORE UPDATE OR DELETE ON monitoring_signingkey
  FOR EACH ROW EXECUTE FUNCTION portal_guard_signing_key();
CREATE TRIGGER signingkey_no_truncate BEFORE TRUNCATE ON monitoring_signingkey
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

-- A signature is made with a living key of the signer, by a member of the organization it names.
CREATE OR REPLACE FUNCTION portal_guard_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM monitoring_signingkey k WHERE k.id = NEW.key_id AND k.person_id = NEW.signer_id
      AND k.retired_at IS NULL AND k.algorithm = NEW.algorithm) THEN
    RAISE EXCEPTION 'signature: the key is not the living key of the signer'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'signature_key';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signature_key BEFORE INSERT ON monitoring_signature
  FOR EACH ROW EXECUTE FUNCTION portal_guard_signature();

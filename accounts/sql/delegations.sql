-- Substitutes by letter. What Public Accounts Act 53 keeps apart stays apart for them too.

-- Two powers of one agency that no person holds at the same time, in whatever way.
CREATE OR REPLACE FUNCTION portal_powers_clash(one text, other text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT (one = 'treasurer' AND other IN ('agency_user', 'agency_head'))
      OR (other = 'treasurer' AND one IN ('agency_user', 'agency_head'))
$$;

-- Does somebody, for these days, hold or stand in for a power that clashes with this role of this agency?
-- A head's part goes to no treasurer of whatever agency, nor to who stands in for one.
CREATE OR REPLACE FUNCTION portal_power_taken(
  person bigint, asked_role text, asked_agency bigint, days daterange, but bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM accounts_membership m WHERE m.user_id = person
      AND daterange(m.valid_from, m.valid_to, '[]') && days
      AND (m.agency_id = asked_agency AND portal_powers_clash(m.role, asked_role)
        OR asked_role = 'agency_head' AND m.role = 'treasurer'))
    OR EXISTS (SELECT 1 FROM accounts_delegation d JOIN accounts_membership m ON m.id = d.membership_id
      WHERE d.substitute_id = person AND d.state IN ('registered', 'confirmed') AND d.id IS DISTINCT FROM but
      AND daterange(d.valid_from, d.valid_to, '[]') && days
      AND (m.agency_id = asked_agency AND portal_powers_clash(m.role, asked_role)
        OR asked_role = 'agency_head' AND m.role = 'treasurer'
        OR asked_role = 'treasurer' AND m.role = 'agency_head'))
$$;

CREATE OR REPLACE FUNCTION portal_delegation_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  office accounts_membership%ROWTYPE; wrong text; days daterange;
  free text[] := ARRAY['state', 'confirmed_by_id', 'confirmed_at', 'closed_by_id', 'closed_at', 'reason'];
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
    RAISE EXCEPTION 'delegation %: what the letter says is not changed', NEW.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'delegation_kept';
  END IF;
  IF NEW.state NOT IN ('registered', 'confirmed') THEN RETURN NEW; END IF;
  -- Two letters, or a letter and a role, for one person take turns.
  PERFORM 1 FROM accounts_user WHERE id = NEW.substitute_id FOR NO KEY UPDATE;
  SELECT * INTO office FROM accounts_membership WHERE id = NEW.membership_id;
  days := daterange(NEW.valid_from, NEW.valid_to, '[]');
  wrong := CASE
    WHEN office.role NOT IN ('agency_user', 'agency_head', 'treasurer', 'budget_expert', 'consolidation',
      'budget_deputy', 'org_head', 'complaints_officer') THEN 'delegation_role'
    WHEN office.user_id = NEW.substitute_id THEN 'delegation_another'
    WHEN NEW.substitute_id IN (NEW.registered_by_id, NEW.confirmed_by_id) THEN 'delegation_not_own'
    WHEN NOT daterange(office.valid_from, office.valid_to, '[]') @> days THEN 'delegation_within_role'
    WHEN office.role = 'agency_head' AND NOT NEW.outside_treasury THEN 'delegation_outside_treasury'
    WHEN portal_power_taken(NEW.substitute_id, office.role, office.agency_id, days, NEW.id)
      THEN 'delegation_powers_apart'
  END;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'delegation %: refused by %', NEW.id, wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = wrong;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER delegation_rules BEFORE INSERT OR UPDATE ON accounts_delegation
  FOR EACH ROW EXECUTE FUNCTION portal_delegation_rules();
CREATE TRIGGER delegation_edges BEFORE UPDATE ON accounts_delegation
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('registered>confirmed', 'registered>refused',
    'registered>ended', 'confirmed>ended');
CREATE TRIGGER delegation_starts BEFORE INSERT ON accounts_delegation
  FOR EACH ROW EXECUTE FUNCTION portal_guard_start('registered');
CREATE TRIGGER delegation_kept BEFORE DELETE ON accounts_delegation
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

-- The other way round: a role is not given to who stands in for the power that it must not meet.
CREATE OR REPLACE FUNCTION portal_membership_powers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM accounts_delegation d JOIN accounts_membership m ON m.id = d.membership_id
      WHERE d.substitute_id = NEW.user_id AND d.state IN ('registered', 'confirmed')
      AND daterange(d.valid_from, d.valid_to, '[]') && daterange(NEW.valid_from, NEW.valid_to, '[]')
      AND (m.agency_id = NEW.agency_id AND portal_powers_clash(m.role, NEW.role)
        OR m.role = 'agency_head' AND NEW.role = 'treasurer')) THEN
    RAISE EXCEPTION 'membership: its person stands in for a power that is kept apart'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'delegation_powers_apart';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER membership_powers BEFORE INSERT OR UPDATE ON accounts_membership
  FOR EACH ROW WHEN (NEW.role IN ('agency_user', 'agency_head', 'treasurer'))
  EXECUTE FUNCTION portal_membership_powers();

-- Whose step a step is: who took it and, by a letter, for whom.
CREATE OR REPLACE FUNCTION portal_persons(person bigint, letter bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
  SELECT array_remove(ARRAY[person, (SELECT m.user_id FROM accounts_delegation d
    JOIN accounts_membership m ON m.id = d.membership_id WHERE d.id = letter)], NULL)
$$;

-- The letter by which somebody acts in this transaction; none when it is not theirs.
CREATE OR REPLACE FUNCTION portal_letter_of(person bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE letter bigint := portal_setting('on_behalf_of')::bigint; found accounts_delegation%ROWTYPE;
BEGIN
  IF letter IS NULL OR person IS NULL THEN RETURN NULL; END IF;
  SELECT * INTO found FROM accounts_delegation WHERE id = letter;
  IF found.substitute_id IS DISTINCT FROM person THEN RETURN NULL; END IF;
  IF found.state <> 'confirmed' THEN
    RAISE EXCEPTION 'delegation % is not in force', letter
      USING ERRCODE = 'check_violation', CONSTRAINT = 'delegation_in_force';
  END IF;
  RETURN letter;
END $$;

-- Steps of a row, each with <step>_by_id, <step>_at and <step>_for_id. The letter is written here, so that no
-- path can leave it out or change it later; a substitute and the one stood in for count as one person, and all
-- steps named in one trigger are of different people.
CREATE OR REPLACE FUNCTION portal_stand_ins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END;
  row_data jsonb := to_jsonb(NEW); letters jsonb := '{}'; step text; person bigint; letter bigint; taken bigint[] := '{}'; here bigint[];
  lent boolean := false;
BEGIN
  FOREACH step IN ARRAY TG_ARGV LOOP
    person := (row_data ->> (step || '_by_id'))::bigint;
    letter := CASE
      WHEN person IS NULL THEN NULL
      WHEN TG_OP = 'UPDATE' AND was -> (step || '_by_id') IS NOT DISTINCT FROM row_data -> (step || '_by_id')
        AND was -> (step || '_at') IS NOT DISTINCT FROM row_data -> (step || '_at') THEN (was ->> (step || '_for_id'))::bigint
      ELSE portal_letter_of(person) END;
    letters := letters || jsonb_build_object(step || '_for_id', letter);
    here := portal_persons(person, letter);
    lent := lent OR letter IS NOT NULL;
    -- Without letters the check constraint of the table says it.
    IF lent AND here && taken THEN
      RAISE EXCEPTION '% %: steps of different people, a substitute counted with whom he stands in for',
        TG_TABLE_NAME, row_data ->> 'id'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_persons_apart';
    END IF;
    taken := taken || here;
  END LOOP;
  RETURN jsonb_populate_record(NEW, letters);
END $$;
CREATE TRIGGER delegation_no_truncate BEFORE TRUNCATE ON accounts_delegation
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

-- Edges of a rule's life (monitoring/workflow/moves.py RULE_MOVES); shipped rules are written by the loader as they are.
CREATE TRIGGER ruleversion_edges BEFORE UPDATE ON monitoring_ruleversion
  FOR EACH ROW EXECUTE FUNCTION portal_guard_state('draft>tried', 'tried>tried', 'tried>draft', 'tried>live',
    'draft>retired', 'tried>retired', 'live>retired');
CREATE TRIGGER ruleversion_starts BEFORE INSERT ON monitoring_ruleversion
  FOR EACH ROW WHEN (NEW.organization_id IS NOT NULL) EXECUTE FUNCTION portal_guard_start('draft');

-- The last cut-off for which an organization, or a province of it, has already opened a window of these kinds. A rule
-- begins and ends after it, so the rules of an open cut-off never change under those who fill it in.
CREATE OR REPLACE FUNCTION portal_rule_border(owner bigint, credit text[]) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT max(p.cutoff_date) FROM agreements_periodwindow w JOIN agreements_reportingperiod p ON p.id = w.period_id
    JOIN accounts_organization o ON o.id = w.organization_id
  WHERE (o.id = owner OR o.parent_id = owner) AND w.kind = ANY (credit) AND w.state <> 'planned'
$$;

CREATE OR REPLACE FUNCTION portal_guard_rule() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moves text[] := ARRAY['state', 'live_at', 'live_by_id', 'valid_from_id', 'digest', 'retired_at', 'retired_by_id',
    'retire_reason', 'ends_before_id', 'tried_at', 'tried_by_id'];
  kept text[] := ARRAY['state', 'retired_at', 'retired_by_id', 'retire_reason', 'ends_before_id'];
  day date;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'rule %: rules are kept', OLD.id USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ruleversion_kept';
  END IF;
  -- What went live, or was withdrawn, is what was decided: only its end is written later.
  IF OLD.state IN ('live', 'retired') AND to_jsonb(NEW) - kept IS DISTINCT FROM to_jsonb(OLD) - kept
      OR OLD.state = 'retired' AND NEW IS DISTINCT FROM OLD
      OR NEW.state IN ('live', 'tried') AND OLD.state = 'tried' AND to_jsonb(NEW) - moves IS DISTINCT FROM to_jsonb(OLD) - moves THEN
    RAISE EXCEPTION 'rule %: a rule that was tried or is live is not rewritten', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ruleversion_frozen';
  END IF;
  IF NEW.organization_id IS NULL OR OLD.state = NEW.state THEN RETURN NEW; END IF;
  IF NEW.state = 'live' AND NOT COALESCE((SELECT t.examples_pass FROM monitoring_ruletrial t
      WHERE t.version_id = NEW.id ORDER BY t.id DESC LIMIT 1), false) THEN
    RAISE EXCEPTION 'rule %: no trial whose examples hold', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ruleversion_trial';
  END IF;
  SELECT p.cutoff_date INTO day FROM agreements_reportingperiod p
    WHERE p.id = CASE WHEN NEW.state = 'live' THEN NEW.valid_from_id ELSE NEW.ends_before_id END;
  IF (NEW.state = 'live' OR OLD.state = 'live')
      AND COALESCE(day <= portal_rule_border(NEW.organization_id, NEW.kinds::text[]), day IS NULL) THEN
    RAISE EXCEPTION 'rule %: a rule begins and ends at a cut-off that is not open yet', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ruleversion_border';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ruleversion_guard BEFORE UPDATE OR DELETE ON monitoring_ruleversion
  FOR EACH ROW WHEN (OLD.organization_id IS NOT NULL) EXECUTE FUNCTION portal_guard_rule();
CREATE TRIGGER ruletrial_append_only BEFORE UPDATE OR DELETE ON monitoring_ruletrial
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER ruletrial_no_truncate BEFORE TRUNCATE ON monitoring_ruletrial
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

-- The blocking rules of domain §8 as the floor under monitoring/rules.py: a submission that breaks one
-- cannot leave draft, returned or reopened, whoever asks (decision 16). A held line has null figures.

-- V11: what the agreement in force on a day, as known now, gives a line, if it has it (agreements/querysets.py in_force).
-- In plpgsql, as the guards of lines are: a session plans it once, not at every saved cell.
CREATE OR REPLACE FUNCTION portal_agreed_capital(agency bigint, year bigint, on_day date, project bigint, source bigint)
RETURNS numeric LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT sum(c.amount) FROM agreements_capitalagreement a
      JOIN agreements_agreementproject ap ON ap.agreement_id = a.id AND ap.project_id = project
      JOIN agreements_projectcredit c ON c.agreement_project_id = ap.id AND c.funding_source_id = source
    WHERE a.agency_id = agency AND a.fiscal_year_id = year AND a.id = (
      SELECT v.id FROM agreements_capitalagreement v
      WHERE v.plan_id = a.plan_id AND v.agency_id = agency AND v.fiscal_year_id = year
        AND v.state IN ('exchanged', 'superseded') AND v.valid_from <= on_day AND v.recorded_at <= statement_timestamp()
      ORDER BY v.valid_from DESC, v.version DESC LIMIT 1)
  );
END $$;
CREATE OR REPLACE FUNCTION portal_agreed_expense(agency bigint, year bigint, on_day date, programme bigint,
  chapter bigint, source bigint) RETURNS numeric LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT sum(c.amount) FROM agreements_programmecredit c
    WHERE c.programme_id = programme AND c.expense_chapter_id = chapter AND c.funding_source_id = source
      AND c.agreement_id = (
        SELECT v.id FROM agreements_expenseagreement v WHERE v.agency_id = agency AND v.fiscal_year_id = year
          AND v.state IN ('exchanged', 'superseded') AND v.valid_from <= on_day AND v.recorded_at <= statement_timestamp()
        ORDER BY v.valid_from DESC, v.version DESC LIMIT 1)
  );
END $$;

CREATE OR REPLACE FUNCTION portal_blocking_hits(target bigint)
RETURNS TABLE (rule text, line bigint) LANGUAGE sql STABLE AS $$
  WITH s AS (
    SELECT sub.*, p.cutoff, p.cutoff_date, p.fiscal_year_id FROM monitoring_performancesubmission sub
    JOIN agreements_reportingperiod p ON p.id = sub.period_id WHERE sub.id = target
  ), money AS (
    SELECT l.id, l.held, l.credit_in_force, l.allocated_cash + l.allocated_securities AS allocated,
      l.allocated_securities, l.collected, COALESCE(l.received_cash, 0) + COALESCE(l.received_securities, 0) AS received,
      -- complete: every part is filled or does not apply (monitoring/rules/lines.py sum_complete)
      (l.received_cash IS NOT NULL OR 'received_cash' = ANY (l.not_applicable))
        AND (l.received_securities IS NOT NULL OR 'received_securities' = ANY (l.not_applicable)) AS received_complete,
      l.received_cash IS NOT NULL OR l.received_securities IS NOT NULL AS received_some,
      (l.spent IS NOT NULL OR 'spent' = ANY (l.not_applicable))
        AND (l.returned IS NOT NULL OR 'returned' = ANY (l.not_applicable)) AS settled_complete,
      l.received_securities, l.spent, l.advances_open, l.commitments_open, l.returned, l.reason,
      ARRAY[l.received_cash, l.received_securities, l.spent, l.advances_open, l.commitments_open, l.returned] AS cells,
      COALESCE(q.spent > l.spent, false) OR COALESCE(q.received_cash > l.received_cash, false)
        OR COALESCE(q.received_securities > l.received_securities, false)
        OR COALESCE(q.returned > l.returned, false) AS fell,
      portal_agreed_capital(s.agency_id, s.fiscal_year_id, s.cutoff_date, l.project_id, l.funding_source_id) AS agreed,
      portal_line_marked(s.id, l.project_id, NULL, NULL) AS marked
    FROM monitoring_capitalfinanceline l LEFT JOIN monitoring_capitalfinanceline q ON q.id = l.previous_id, s
    WHERE l.submission_id = s.id
    UNION ALL
    SELECT l.id, l.held, l.credit_in_force, l.allocated_cash + l.allocated_securities, l.allocated_securities,
      l.collected, COALESCE(l.received, 0), l.received IS NOT NULL OR 'received' = ANY (l.not_applicable),
      l.received IS NOT NULL, false, NULL, l.spent, NULL, l.commitments_open, NULL, l.reason,
      ARRAY[l.received, l.spent, l.commitments_open],
      COALESCE(q.spent > l.spent, false) OR COALESCE(q.received > l.received, false),
      portal_agreed_expense(
        s.agency_id, s.fiscal_year_id, s.cutoff_date, l.programme_id, l.expense_chapter_id, l.funding_source_id),
      portal_line_marked(s.id, NULL, l.programme_id, l.expense_chapter_id)
    FROM monitoring_expensefinanceline l LEFT JOIN monitoring_expensefinanceline q ON q.id = l.previous_id, s
    WHERE l.submission_id = s.id
  )
  SELECT 'V1', m.id FROM money m WHERE NOT m.held
    AND m.allocated > LEAST(m.credit_in_force, COALESCE(m.collected, m.credit_in_force))
  UNION ALL SELECT 'V2', m.id FROM money m WHERE NOT m.held
    AND (m.received_some AND m.received > m.allocated OR COALESCE(m.received_securities, 0) > m.allocated_securities)
  UNION ALL SELECT 'V3', m.id FROM money m WHERE NOT m.held AND m.received_complete
    AND COALESCE(m.spent, 0) + COALESCE(m.advances_open, 0) > m.received
  UNION ALL SELECT 'V4', m.id FROM money m WHERE NOT m.held AND 0 > ANY (m.cells)
  UNION ALL SELECT 'V5', m.id FROM money m WHERE NOT m.held AND m.fell AND char_length(btrim(m.reason)) < 20
  UNION ALL SELECT 'V7', m.id FROM money m, s WHERE s.cutoff = 'CLOSING' AND s.kind = 'capital' AND NOT m.held
    AND (m.received_complete AND m.settled_complete AND m.received <> COALESCE(m.spent, 0) + COALESCE(m.returned, 0)
      OR COALESCE(m.advances_open, 0) <> 0)
  UNION ALL SELECT 'V11', m.id FROM money m, s WHERE NOT m.held AND m.credit_in_force <> COALESCE(m.agreed, 0)
    -- at the first sending every line is open; later what is not marked was sent with the version that it names
    AND (m.marked OR s.revision <= 1)
  UNION ALL SELECT 'V8', p.id FROM monitoring_projectprogress p
    JOIN monitoring_projectprogress q ON q.id = p.previous_id
    WHERE p.submission_id = target AND NOT p.held AND p.physical_progress < q.physical_progress
      AND char_length(btrim(p.reason)) < 20
$$;

CREATE OR REPLACE FUNCTION portal_submission_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE hit record;
BEGIN
  SELECT * INTO hit FROM portal_blocking_hits(NEW.id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'submission %: rule % on line %', NEW.id, hit.rule, hit.line
      USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_rules';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER submission_rules AFTER UPDATE ON monitoring_performancesubmission
  DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW
  WHEN (OLD.state IN ('draft', 'returned', 'reopened') AND NEW.state = 'submitted')
  EXECUTE FUNCTION portal_submission_rules();

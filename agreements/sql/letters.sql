-- A letter that closes parts of an advance (تنخواه) takes no more than is open, of the same line and year; an advance of
-- which a part is closed is not cancelled. The advances are locked, so that two letters never take the last of one.
CREATE OR REPLACE FUNCTION portal_advance_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken bigint;
BEGIN
  IF NEW.state = 'issued' THEN
    PERFORM 1 FROM agreements_allocationline a
      WHERE a.id IN (SELECT converted_from_id FROM agreements_allocationline WHERE notice_id = NEW.id)
      ORDER BY a.id FOR NO KEY UPDATE;
    SELECT c.id INTO broken FROM agreements_allocationline c
      JOIN agreements_allocationline a ON a.id = c.converted_from_id
      JOIN agreements_allocationnotice n ON n.id = a.notice_id
      JOIN agreements_reportingperiod p ON p.id = n.period_id
      JOIN agreements_reportingperiod q ON q.id = NEW.period_id
      WHERE c.notice_id = NEW.id AND (
        n.state <> 'issued' OR NOT a.is_advance OR n.agency_id <> NEW.agency_id OR n.kind <> NEW.kind
        OR p.fiscal_year_id <> q.fiscal_year_id OR n.valid_from > NEW.valid_from
        OR (a.project_id, a.programme_id, a.expense_chapter_id, a.funding_source_id)
           IS DISTINCT FROM (c.project_id, c.programme_id, c.expense_chapter_id, c.funding_source_id))
      LIMIT 1;
    IF broken IS NOT NULL THEN
      RAISE EXCEPTION 'line %: converts what is no open advance of the same line', broken
        USING ERRCODE = 'check_violation', CONSTRAINT = 'allocationline_same_advance';
    END IF;
    SELECT a.id INTO broken FROM agreements_allocationline a
      WHERE a.id IN (SELECT converted_from_id FROM agreements_allocationline WHERE notice_id = NEW.id)
        AND a.amount < (SELECT sum(abs(c.amount)) FROM agreements_allocationline c
                          JOIN agreements_allocationnotice n ON n.id = c.notice_id
                          WHERE c.converted_from_id = a.id AND n.state = 'issued')
      LIMIT 1;
    IF broken IS NOT NULL THEN
      RAISE EXCEPTION 'advance %: more is closed than was given', broken
        USING ERRCODE = 'check_violation', CONSTRAINT = 'allocationline_open_advance';
    END IF;
  ELSIF NEW.state = 'cancelled' THEN
    PERFORM 1 FROM agreements_allocationline a WHERE a.notice_id = NEW.id AND a.is_advance
      ORDER BY a.id FOR NO KEY UPDATE;
    SELECT a.id INTO broken FROM agreements_allocationline a
      JOIN agreements_allocationline c ON c.converted_from_id = a.id
      JOIN agreements_allocationnotice n ON n.id = c.notice_id
      WHERE a.notice_id = NEW.id AND n.state = 'issued' LIMIT 1;
    IF broken IS NOT NULL THEN
      RAISE EXCEPTION 'advance %: a part of it is closed by an issued letter', broken
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'allocationline_converted';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER allocationnotice_advance AFTER UPDATE ON agreements_allocationnotice FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION portal_advance_kept();

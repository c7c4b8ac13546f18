-- The codes that projects carried in one column become rows with dates.
INSERT INTO agreements_projectidentifier
    (project_id, system, code, code_folded, valid_from, note, recorded_at)
  SELECT p.id, CASE WHEN c.key IN ('nezarat4', 'saba', 'contract') THEN c.key ELSE 'other' END,
         left(c.value, 60), lower(left(c.value, 60)), current_date,
         CASE WHEN c.key IN ('nezarat4', 'saba', 'contract') THEN '' ELSE left(c.key, 200) END, now()
    FROM agreements_project p, jsonb_each_text(p.external_codes) c
    WHERE c.value <> '';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;

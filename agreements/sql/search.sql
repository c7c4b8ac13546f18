-- Numbers of agreements and letters as they are searched: digits of any keyboard, Persian letters, no spaces.
CREATE OR REPLACE FUNCTION portal_fold_number(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lower(translate(written, '۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩يىكأإ' || E' \u200c\u00a0', '01234567890123456789ییکاا'))
$$;
CREATE INDEX capitalagreement_number ON agreements_capitalagreement (portal_fold_number(number) text_pattern_ops);
CREATE INDEX capitalagreement_external
  ON agreements_capitalagreement (portal_fold_number(external_number) text_pattern_ops);
CREATE INDEX expenseagreement_number ON agreements_expenseagreement (portal_fold_number(number) text_pattern_ops);
CREATE INDEX expenseagreement_external
  ON agreements_expenseagreement (portal_fold_number(external_number) text_pattern_ops);
CREATE INDEX budgetnotification_number
  ON agreements_budgetnotification (portal_fold_number(letter_number) text_pattern_ops);
CREATE INDEX allocationnotice_number
  ON agreements_allocationnotice (portal_fold_number(letter_number) text_pattern_ops);

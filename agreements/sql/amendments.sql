-- Versions from before these rules stay as they are and say so; what holds is otherwise never written.
ALTER TABLE agreements_capitalagreement DISABLE TRIGGER USER;
ALTER TABLE agreements_expenseagreement DISABLE TRIGGER USER;
ALTER TABLE agreements_agreementproject DISABLE TRIGGER USER;
UPDATE agreements_capitalagreement SET
    reason = COALESCE(NULLIF(reason, ''), 'پیش از الزام دلیل ثبت شده است'),
    number = COALESCE(NULLIF(number, ''), NULLIF(external_number, ''), 'بی‌شماره'),
    agreed_on = COALESCE(agreed_on, valid_from),
    imported_from = 'پیش از الزام سند اصلاحیه'
  WHERE version > 1 AND state IN ('exchanged', 'superseded') AND document_id IS NULL;
UPDATE agreements_expenseagreement SET
    reason = COALESCE(NULLIF(reason, ''), 'پیش از الزام دلیل ثبت شده است'),
    number = COALESCE(NULLIF(number, ''), NULLIF(external_number, ''), 'بی‌شماره'),
    agreed_on = COALESCE(agreed_on, valid_from),
    imported_from = 'پیش از الزام سند اصلاحیه'
  WHERE version > 1 AND state IN ('exchanged', 'superseded') AND document_id IS NULL;
UPDATE agreements_agreementproject SET estimate_reason = 'پیش از الزام دلیل ثبت شده است'
  WHERE estimate_reason = '' AND original_estimate <> latest_estimate;
ALTER TABLE agreements_capitalagreement ENABLE TRIGGER USER;
ALTER TABLE agreements_expenseagreement ENABLE TRIGGER USER;
ALTER TABLE agreements_agreementproject ENABLE TRIGGER USER;

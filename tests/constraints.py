"""The table of check constraints: name -> (row that stands, row that falls). Columns not named are NULL.

Rows go into a copy of the table that keeps its checks and unique indexes, without parents and triggers.
"""

from typing import Any

NOW = "2026-11-21T10:00:00+03:30"
DAY, LATER = "2026-11-21", "2026-11-22"
HUGE = 1_000_000_000_000_000
Row = dict[str, Any]

WINDOW: Row = {
    "opens_on": DAY, "entry_due": DAY, "treasurer_due": DAY, "expert_due": DAY, "consolidation_due": DAY,
    "publication_on": DAY, "state": "planned",
}  # fmt: skip
APPLIED: Row = {"applied_at": NOW, "applied_by_id": 1}
PASTED: Row = {"way": "paste"}
NO_STEPS: Row = {}
SUBMISSION: Row = {"state": "draft"}
HELD_CAPITAL = (
    "received_cash",
    "received_securities",
    "spent",
    "advances_open",
    "commitments_open",
    "returned",
)
HELD_EXPENSE = ("received", "spent", "commitments_open")
ADMIN: Row = {"role": "admin"}
LETTER: Row = {"state": "registered", "reason": ""}
LONG = "بیست نویسه و بیشتر، برای یک دلیل روشن."


RULE: Row = {"state": "draft", "severity": "warn", "check_name": "x", "expression": ""}
CONTRACT: Row = {
    "part": "contractor", "number": "1", "amount": 1, "duration_days": 1, "retention": 100, "project_id": 1,
    "signed_on": DAY, "starts_on": DAY,
}  # fmt: skip
STATEMENT: Row = {
    "sort": "interim", "number": 1, "gross": 5, "paid": 5, "worked_from": DAY, "worked_to": DAY, "stated_on": DAY,
}  # fmt: skip


CONFIRMED_VISIT: Row = {
    "state": "confirmed", "visited_on": DAY, "submitted_at": NOW, "submitted_by_id": 1,
    "confirmed_at": NOW, "confirmed_by_id": 2,
}  # fmt: skip
MATCHED_BENCH: Row = {
    "state": "matched", "matched_at": NOW, "matched_by_id": 1, "figures_digest": "f", "digest": "",
}  # fmt: skip
SIGNED_BENCH: Row = {
    **MATCHED_BENCH, "state": "signed", "signed_at": NOW, "signed_by_id": 1, "sheet_file_id": 1, "digest": "a" * 64,
}  # fmt: skip
LEDGER_ROW: Row = {"standing": "counted", "method": ""}
BENCH_LINE: Row = {"project_id": 1, "funding_source_id": 1}
SIGNED_REPORT: Row = {
    "level": "country", "reviewed_at": NOW, "reviewed_by_id": 1, "confirmed_at": NOW, "confirmed_by_id": 2,
}  # fmt: skip


def stamped(step: str, state: str = "draft") -> tuple[Row, Row]:
    """`_at` and `_by` of a step stand together or not at all."""
    return (
        {"state": state, f"{step}_at": NOW, f"{step}_by_id": 1},
        {"state": state, f"{step}_at": NOW},
    )


def bounds(column: str, top: int = 100) -> tuple[Row, Row]:
    return {column: top}, {column: top + 1}


CONFLICT: Row = {"state": "open"}
EXPLAINED: Row = {"state": "explained", "explanation": LONG, "explained_by_id": 1, "explained_at": NOW}
PACKAGE: Row = {"sort": "submission", "submission_id": 1, "digest": "a" * 64, "previous_digest": "b" * 64}

WITHDRAWN: tuple[Row, Row] = (
    {"recorded_at": NOW, "withdrawn_at": NOW, "withdrawn_by_id": 1},
    {"recorded_at": NOW, "withdrawn_at": NOW},
)
STOPPED: Row = {"started_on": DAY, "stopped_at": NOW, "stopped_on": LATER, "used_days": 1}
CLOCKS: dict[str, tuple[Row, Row]] = {
    "holiday_withdrawn": WITHDRAWN,
    "workingweek_withdrawn": WITHDRAWN,
    "workingweek_hours": ({"opens_at": "07:30", "closes_at": "14:30"}, {"opens_at": "07:30"}),
    "workingweek_works": ({"days_off": [3, 4]}, {"days_off": [0, 1, 2, 3, 4, 5, 6]}),
    "submissionclock_stopped": ({**STOPPED, "late_days": 0}, STOPPED),
    "submissionclock_basis": ({"basis": "window", "fixed_on": DAY}, {"basis": "window"}),
    "clockpause_ended": (
        {"begins_on": DAY, "ended_at": NOW, "ends_on": DAY},
        {"begins_on": DAY, "ended_at": NOW},
    ),
    "stepterms_days": ({"days": 3, "minimum_days": 3}, {"days": 3, "minimum_days": 4}),
    "stepterms_withdrawn": WITHDRAWN,
    "pausereason_limit": ({"code": "returned"}, {"code": "weather"}),
    "pausereason_withdrawn": ({**WITHDRAWN[0], "code": "returned"}, {**WITHDRAWN[1], "code": "returned"}),
    "escalationterms_days": ({"days": -60}, {"days": 61}),
    "escalationterms_withdrawn": WITHDRAWN,
}

CHECKS: dict[str, tuple[Row, Row]] = {
    "absence_reason": ({"reason": LONG}, {"reason": "کوتاه"}),
    "absence_withdrawn": (
        {"reason": LONG, "withdrawn_at": NOW, "withdrawn_by_id": 1},
        {"reason": LONG, "withdrawn_at": NOW},
    ),
    "tolerance_amount": ({"amount": 100, "unit": "points"}, {"amount": 101, "unit": "points"}),
    "sourceconflict_state": (CONFLICT, {**CONFLICT, "state": "lost"}),
    "sourceconflict_explained": (EXPLAINED, {**EXPLAINED, "explained_by_id": None}),
    "sourceconflict_two_people": (
        {**EXPLAINED, "state": "resolved", "decided_by_id": 2},
        {**EXPLAINED, "state": "resolved", "decided_by_id": 1},
    ),
    **CLOCKS,
    "package_of": (PACKAGE, {**PACKAGE, "window_id": 1}),
    "package_digest": (PACKAGE, {**PACKAGE, "digest": "short"}),
    "storedfile_size": ({"size": 0}, {"size": -1}),
    "headrecipient_removed": (
        {"removed_by_id": 1, "removed_at": NOW},
        {"removed_by_id": 1},
    ),
    "noticechoice_channel": ({"channel": "digest"}, {"channel": "fax"}),
    "noticehour_office": ({"hour": 7}, {"hour": 22}),
    "job_state": ({"state": "queued"}, {"state": "lost"}),
    "job_finished_at": ({"state": "done", "finished_at": NOW}, {"state": "done"}),
    "importbatch_state": ({"state": "uploaded"}, {"state": "lost"}),
    "importbatch_applied": (
        {"state": "applied", "applied_at": NOW, "applied_by_id": 1},
        {"state": "applied", "applied_at": NOW},
    ),
    "importbatch_undone": (
        {**APPLIED, "state": "undone", "undone_at": NOW, "undone_by_id": 1, "undo_reason": "اشتباه"},
        {**APPLIED, "state": "undone", "undone_at": NOW, "undone_by_id": 1, "undo_reason": ""},
    ),
    "sheetload_file": ({"way": "file", "file_id": 1}, {"way": "file"}),
    "sheetload_applied": ({**PASTED, "applied_at": NOW, "applied_by_id": 1}, {**PASTED, "applied_at": NOW}),
    "sheetload_undone": (
        {**PASTED, "applied_at": NOW, "applied_by_id": 1, "undone_at": NOW, "undone_by_id": 1},
        {**PASTED, "undone_at": NOW, "undone_by_id": 1},
    ),
    "sheetload_dropped": (
        {**PASTED, "dropped_at": NOW},
        {**PASTED, "dropped_at": NOW, "applied_at": NOW, "applied_by_id": 1},
    ),
    "importrow_kind": ({"kind": "held"}, {"kind": "odd"}),
    "organization_level": (
        {"level": "provincial", "parent_id": 1, "province_id": 1},
        {"level": "national", "parent_id": 1},
    ),
    "membership_scope": ({"role": "treasurer", "agency_id": 1}, {"role": "treasurer"}),
    "membership_dates": (
        {**ADMIN, "valid_from": DAY, "valid_to": DAY},
        {**ADMIN, "valid_from": LATER, "valid_to": DAY},
    ),
    "delegation_dates": (
        {**LETTER, "valid_from": DAY, "valid_to": DAY},
        {**LETTER, "valid_from": LATER, "valid_to": DAY},
    ),
    "delegation_has_confirmer": (
        {**LETTER, "state": "confirmed", "confirmed_by_id": 1, "confirmed_at": NOW},
        {**LETTER, "state": "confirmed"},
    ),
    "delegation_closed": (
        {**LETTER, "state": "ended", "closed_by_id": 1, "closed_at": NOW, "reason": "بازگشت"},
        {**LETTER, "state": "ended", "closed_by_id": 1, "closed_at": NOW},
    ),
    "delegation_confirmed": (
        {**LETTER, "confirmed_by_id": 1, "confirmed_at": NOW},
        {**LETTER, "confirmed_by_id": 1},
    ),
    "delegation_two_people": (
        {**LETTER, "registered_by_id": 1, "confirmed_by_id": 2, "confirmed_at": NOW},
        {**LETTER, "registered_by_id": 1, "confirmed_by_id": 1, "confirmed_at": NOW},
    ),
    "capitalagreement_four_eyes": (
        {"state": "exchanged", "submitted_by_id": 1, "reviewed_by_id": 2, "exchanged_by_id": 3},
        {"state": "exchanged", "submitted_by_id": 1, "reviewed_by_id": 2, "exchanged_by_id": 1},
    ),
    "expenseagreement_four_eyes": (
        {"state": "expert_approved", "submitted_by_id": 1, "reviewed_by_id": 2},
        {"state": "expert_approved", "submitted_by_id": 1, "reviewed_by_id": 1},
    ),
    "capitalagreement_amendment_grounds": (
        {"state": "exchanged", "version": 2, "reason": "متمم", "document_id": 1},
        {"state": "exchanged", "version": 2, "reason": "متمم", "number": "۱۲", "imported_from": ""},
    ),
    "expenseagreement_amendment_grounds": (
        {"state": "exchanged", "version": 2, "reason": "متمم", "number": "۱۲", "agreed_on": DAY, "imported_from": "a.csv"},
        {"state": "exchanged", "version": 2, "reason": "متمم", "number": "۱۲", "imported_from": "a.csv"},
    ),
    "agreementremark_one_agreement": (
        {"capital_id": 1, "path": "CA-4///", "text": "نکته"},
        {"capital_id": 1, "expense_id": 1, "path": "CA-4///", "text": "نکته"},
    ),
    "agreementremark_answered": (
        {"capital_id": 1, "path": "CA-4///", "text": "نکته", "answered_by_id": 1, "answered_at": NOW},
        {"capital_id": 1, "path": "CA-4///", "text": "نکته", "answered_by_id": 1},
    ),
    "agreementremark_says": (
        {"capital_id": 1, "path": "CA-4///", "text": "نکته"},
        {"capital_id": 1, "path": "CA-4///", "text": ""},
    ),
    "fiscalyear_dates": ({"starts_on": DAY, "ends_on": LATER}, {"starts_on": DAY, "ends_on": DAY}),
    "periodwindow_state": (WINDOW, {**WINDOW, "state": "ajar"}),
    "periodwindow_dates": (WINDOW, {**WINDOW, "entry_due": LATER}),
    "periodwindow_extension": (
        {**WINDOW, "extended_to": LATER, "extended_by_id": 1, "extension_reason": "سیل"},
        {**WINDOW, "extended_to": LATER, "extended_by_id": 1, "extension_reason": ""},
    ),
    "periodwindow_published": (
        {**WINDOW, "state": "published", "published_at": NOW, "published_by_id": 1},
        {**WINDOW, "state": "published"},
    ),
    "extensionrequest_decided": (
        {"state": "granted", "decided_by_id": 2, "decided_at": NOW, "requested_by_id": 1},
        {"state": "granted", "requested_by_id": 1},
    ),
    "extensionrequest_two_people": (
        {"state": "granted", "decided_by_id": 2, "decided_at": NOW, "requested_by_id": 1},
        {"state": "granted", "decided_by_id": 1, "decided_at": NOW, "requested_by_id": 1},
    ),
    "agreementproject_dates": ({"start_date": DAY, "end_date": DAY}, {"start_date": LATER, "end_date": DAY}),
    "agreementproject_progress": bounds("progress_before"),
    "agreementproject_money": ({"latest_estimate": HUGE - 1}, {"latest_estimate": HUGE}),
    "agreementproject_estimate_reason": (
        {"original_estimate": 5, "latest_estimate": 6, "estimate_reason": "تعدیل"},
        {"original_estimate": 5, "latest_estimate": 6, "estimate_reason": ""},
    ),
    "agreementproject_sizes": ({"quantity": 1, "land_area": 0}, {"quantity": 0}),
    "projectcredit_money": ({"amount": 0}, {"amount": -1}),
    "workoperation_target": ({"target_quantity": 1}, {"target_quantity": 0}),
    "workoperation_weight": ({"weight": 100}, {"weight": 0}),
    "workoperation_done": ({"done_before": 0}, {"done_before": -1}),
    "physicalschedule_percent": bounds("planned"),
    "physicalschedule_quarter": bounds("quarter", 4),
    "creditschedule_money": ({"amount": 0}, {"amount": -1}),
    "programmecredit_money": ({"amount": 0}, {"amount": -1}),
    "linedecision_line": (
        {"project_id": 1, "verdict": "accepted", "reason": ""},
        {"project_id": 1, "programme_id": 1, "expense_chapter_id": 1, "verdict": "accepted", "reason": ""},
    ),
    "linedecision_verdict": (
        {"project_id": 1, "verdict": "return", "reason": LONG},
        {"project_id": 1, "verdict": "return", "reason": "کوتاه"},
    ),
    "evidencepolicy_bounds": (
        {"sample_share": 100, "amount": 1},
        {"sample_share": 100, "amount": 0},
    ),
    "activity_volume": ({"target_volume": 0, "unit_cost": 0}, {"target_volume": -1, "unit_cost": 1}),
    "activity_credit": (
        {"target_volume": 10, "unit_cost": 5, "credit": 51},
        {"target_volume": 10, "unit_cost": 5, "credit": 52},
    ),
    "activity_money": ({"credit": 0}, {"credit": HUGE}),
    "activitycentre_money": ({"amount": 0}, {"amount": -1}),
    "costattribution_money": ({"amount": 0}, {"amount": HUGE}),
    "revenueforecast_money": ({"amount": 0}, {"amount": -1}),
    "countyshare_money": ({"amount": 0}, {"amount": -1}),
    "manpower_persons": (
        {"permanent": 0, "contract": 0, "other": 0},
        {"permanent": 1, "contract": -1, "other": 0},
    ),
    "budgetnotification_state": ({"state": "issued", "issued_at": NOW}, {"state": "issued"}),
    "notificationline_money": ({"plan_id": 1, "amount": -5}, {"plan_id": 1, "amount": -HUGE}),
    "notificationline_grain": ({"expense_chapter_id": 1}, {"plan_id": 1, "expense_chapter_id": 1}),
    "allocationnotice_state": (
        {"state": "cancelled", "cancelled_at": NOW, "cancel_reason": "اشتباه"},
        {"state": "cancelled", "cancelled_at": NOW, "cancel_reason": ""},
    ),
    "allocationline_money": ({"project_id": 1, "amount": -5}, {"project_id": 1, "amount": HUGE}),
    "allocationline_collected": ({"project_id": 1, "collected": 0}, {"project_id": 1, "collected": -1}),
    "allocationline_grain": ({"programme_id": 1, "expense_chapter_id": 1}, {"programme_id": 1}),
    "allocationline_securities": (
        {"project_id": 1, "instrument": "securities", "symbol": "اخزا", "due_date": DAY},
        {"project_id": 1, "instrument": "securities", "symbol": ""},
    ),
    "allocationline_advance": (
        {"project_id": 1, "is_advance": True, "instrument": "cash", "amount": 5},
        {"project_id": 1, "is_advance": True, "instrument": "cash", "amount": -5},
    ),
    "allocationline_conversion": (
        {"project_id": 1, "converted_from_id": 1, "instrument": "cash", "amount": -5, "is_advance": False},
        {"project_id": 1, "converted_from_id": 1, "instrument": "cash", "amount": 0, "is_advance": False},
    ),
    "project_code": ({"code": "1503-0021.14"}, {"code": "98/8296"}),
    "project_status": ({"status": "suspended"}, {"status": "asleep"}),
    "project_point": ({"latitude": 31, "longitude": 48}, {"latitude": 91, "longitude": 48}),
    "projectstatuschange_status": (
        {"before": "in_progress", "status": "completed"},
        {"before": "in_progress", "status": "in_progress"},
    ),
    "projectstatuschange_cause": (
        {"before": "in_progress", "status": "suspended", "cause": "land"},
        {"before": "in_progress", "status": "suspended", "cause": ""},
    ),
    "projectidentifier_system": ({"system": "other", "code": "12"}, {"system": "other", "code": ""}),
    "projectidentifier_dates": (
        {"system": "other", "code": "12", "valid_from": DAY, "valid_to": DAY},
        {"system": "other", "code": "12", "valid_from": LATER, "valid_to": DAY},
    ),
    "company_legal_id": ({"legal_id": "10380284790"}, {"legal_id": "10380284791"}),
    "contract_money": ({**CONTRACT, "guarantee": 0}, {**CONTRACT, "guarantee": -1}),
    "contract_duration": (CONTRACT, {**CONTRACT, "duration_days": 0}),
    "contract_amount": (CONTRACT, {**CONTRACT, "amount": 0}),
    "contract_begins": (CONTRACT, {**CONTRACT, "signed_on": LATER}),
    "contract_retention": (CONTRACT, {**CONTRACT, "retention": 101}),
    "contract_part": (CONTRACT, {**CONTRACT, "part": "friend"}),
    "contractchange_money": (
        {"old_amount": 0, "new_amount": 1, "reason": "ا"},
        {"old_amount": 0, "new_amount": HUGE, "reason": "ا"},
    ),
    "contractchange_differs": (
        {"old_amount": 0, "new_amount": 1, "reason": "ا"},
        {"old_amount": 1, "new_amount": 1, "reason": "ا"},
    ),
    "contractstatement_money": (STATEMENT, {**STATEMENT, "gross": HUGE}),
    "contractstatement_paid": (STATEMENT, {**STATEMENT, "paid": 6}),
    "contractstatement_days": (STATEMENT, {**STATEMENT, "worked_from": LATER}),
    "contractstatement_stated": (STATEMENT, {**STATEMENT, "worked_to": LATER}),
    "contractstatement_sort": (STATEMENT, {**STATEMENT, "sort": "guess"}),
    "checkresult_explained": (
        {"severity": "warn", "explanation": LONG, "explained_by_id": 1, "explained_at": NOW},
        {"severity": "warn", "explanation": "کوتاه", "explained_by_id": 1, "explained_at": NOW},
    ),
    "checkresult_severity": ({"severity": "warn"}, {"severity": "hint"}),
    "capitalfinanceline_money": ({"spent": -1}, {"spent": HUGE}),  # a negative draft stays; V4 keeps it from leaving
    "capitalfinanceline_copied": ({"credit_in_force": 0}, {"credit_in_force": -1}),
    "capitalfinanceline_held": ({"held": True}, {"held": True, "returned": 1}),
    "expensefinanceline_money": ({"spent": -1}, {"spent": HUGE}),
    "expensefinanceline_copied": ({"collected": 0}, {"collected": -1}),
    "expensefinanceline_held": ({"held": True}, {"held": True, "spent": 1}),
    "projectprogress_percent": bounds("physical_progress"),
    "projectprogress_completed": (
        {"status": "completed", "physical_progress": 100},
        {"status": "completed", "physical_progress": 99},
    ),
    "projectprogress_held": ({"held": True}, {"held": True, "physical_progress": 1}),
    "projectprogress_money": ({"contractor_debts": 0}, {"contractor_debts": -1}),
    "operationprogress_quantity": ({"quantity_done": 0}, {"quantity_done": -1}),
    "projectdelaycause_share": bounds("share"),
    "activityperformance_volume": ({"volume_done": 0}, {"volume_done": -1}),
    "activityperformance_money": ({"cost": 0}, {"cost": -1}),
    "linetransfer_two": ({"from_agency_id": 1, "to_agency_id": 2}, {"from_agency_id": 1, "to_agency_id": 1}),
    "submission_state": (SUBMISSION, {"state": "half"}),
    "submission_submitted": stamped("submitted"),
    "submission_confirmed": stamped("confirmed"),
    "submission_reviewed": stamped("reviewed"),
    "submission_approved": stamped("approved"),
    "submission_reopen_asked": stamped("reopen_asked"),
    "submission_has_confirmer": (
        {"state": "under_review", "confirmed_by_id": 2, "confirmed_at": NOW},
        {"state": "under_review"},
    ),
    "submission_has_reviewer": (
        {"state": "expert_reviewed", "confirmed_by_id": 2, "confirmed_at": NOW, "reviewed_by_id": 3, "reviewed_at": NOW},
        {"state": "expert_reviewed", "confirmed_by_id": 2, "confirmed_at": NOW},
    ),
    "submission_has_approver": (
        {
            "state": "approved", "confirmed_by_id": 2, "confirmed_at": NOW, "reviewed_by_id": 3,
            "reviewed_at": NOW, "approved_by_id": 4, "approved_at": NOW,
        },
        {
            "state": "approved", "confirmed_by_id": 2, "confirmed_at": NOW, "reviewed_by_id": 3, "reviewed_at": NOW,
        },
    ),
    "submission_four_people": (
        {"state": "draft", "submitted_by_id": 1, "submitted_at": NOW, "confirmed_by_id": 2, "confirmed_at": NOW},
        {"state": "draft", "submitted_by_id": 1, "submitted_at": NOW, "confirmed_by_id": 1, "confirmed_at": NOW},
    ),
    "ruleversion_state": ({"state": "draft", "check_name": "x", "expression": ""}, {"state": "lost"}),
    "ruleversion_severity": ({**RULE, "severity": "warn"}, {**RULE, "severity": "note"}),
    "ruleversion_says_how": (RULE, {"check_name": "x", "expression": "spent > 1"}),
    "ruleversion_tried": ({**RULE, "tried_at": NOW, "tried_by_id": 1}, {**RULE, "tried_at": NOW}),
    "ruleversion_live": ({**RULE, "live_at": NOW, "live_by_id": 1}, {**RULE, "live_at": NOW}),
    "ruleversion_retired": ({**RULE, "retired_at": NOW, "retired_by_id": 1}, {**RULE, "retired_at": NOW}),
    "ruleversion_tried_first": (
        {**RULE, "state": "live", "organization_id": 1, "valid_from_id": 1, "tried_at": NOW, "tried_by_id": 1,
         "live_at": NOW, "live_by_id": 2},
        {**RULE, "state": "live", "organization_id": 1},
    ),
    "ruleversion_two_people": (
        {**RULE, "drafted_by_id": 1, "tried_at": NOW, "tried_by_id": 1, "live_at": NOW, "live_by_id": 2},
        {**RULE, "drafted_by_id": 1, "live_at": NOW, "live_by_id": 1},
    ),
    "returnmark_reason": ({"reason": LONG}, {"reason": "کوتاه"}),
    "submissionremark_sort": ({"sort": "flag", "text": "x"}, {"sort": "shout", "text": "x"}),
    "submissionremark_text": ({"sort": "flag", "text": "چرا؟"}, {"sort": "flag", "text": " \n "}),
    "submissionremark_line": (
        {"sort": "flag", "text": "x", "programme_id": 1, "expense_chapter_id": 1},
        {"sort": "flag", "text": "x", "project_id": 1, "programme_id": 1},
    ),
    "submissionremark_answer": (
        {"sort": "answer", "text": "x", "parent_id": 1},
        {"sort": "answer", "text": "x"},
    ),
    "submissionremark_answered": (
        {"sort": "flag", "text": "x", "answered_at": NOW, "answered_by_id": 1},
        {"sort": "flag", "text": "x", "answered_at": NOW},
    ),
    "submissionremark_resolved": (
        {"sort": "flag", "text": "x", "resolved_at": NOW, "resolved_by_id": 1},
        {"sort": "flag", "text": "x", "resolved_at": NOW},
    ),
    "returnmark_line": ({"programme_id": 1}, {"project_id": 1, "programme_id": 1}),
    "novisitreason_text": ({"reason": LONG}, {"reason": "دور بود"}),
    "fieldvisit_state": ({"state": "planned"}, {**CONFIRMED_VISIT, "state": "dreamt"}),
    "fieldvisit_done": ({"state": "done", "visited_on": DAY}, {"state": "done"}),
    "fieldvisit_submitted": (
        {"state": "submitted", "visited_on": DAY, "submitted_at": NOW, "submitted_by_id": 1},
        {"state": "submitted", "visited_on": DAY},
    ),
    "fieldvisit_confirmed": (
        {
            "state": "confirmed", "visited_on": DAY, "submitted_at": NOW, "submitted_by_id": 1,
            "confirmed_at": NOW, "confirmed_by_id": 2,
        },
        {"state": "confirmed", "visited_on": DAY, "submitted_at": NOW, "submitted_by_id": 1},
    ),
    "fieldvisit_two_people": (
        {"state": "planned", "submitted_by_id": 1, "confirmed_by_id": 2},
        {"state": "planned", "submitted_by_id": 1, "confirmed_by_id": 1},
    ),
    "fieldvisit_percent": (
        {"state": "planned", "physical_progress": 100},
        {"state": "planned", "physical_progress": 101},
    ),
    "fieldvisit_point": (
        {"state": "planned", "latitude": 31, "longitude": 48},
        {"state": "planned", "latitude": 31, "longitude": 181},
    ),
    "visitmeasurement_quantity": ({"quantity_done": 0}, {"quantity_done": -1}),
    "visitdelaycause_share": bounds("share"),
    "visitfinding_state": ({"state": "open"}, {"state": "gone"}),
    "reconciliation_measure": (
        {"state": "draft", "digest": "", "measure": "received"},
        {"state": "draft", "digest": "", "measure": "owed"},
    ),
    "reconciliation_state": ({"state": "draft", "digest": ""}, {"state": "lost", "digest": ""}),
    "reconciliation_matched": (MATCHED_BENCH, {**MATCHED_BENCH, "matched_by_id": None}),
    "reconciliation_signed": (SIGNED_BENCH, {**SIGNED_BENCH, "sheet_file_id": None}),
    "reconciliation_signed_once": (MATCHED_BENCH, {**SIGNED_BENCH, "state": "matched"}),
    "reconciliation_superseded": (
        {**SIGNED_BENCH, "state": "superseded", "superseded_at": NOW, "superseded_by_id": 1},
        {**SIGNED_BENCH, "superseded_at": NOW, "superseded_by_id": 1},
    ),
    "reconciliation_tolerance": (
        {"state": "draft", "digest": "", "tolerance_amount": 0, "tolerance_percent": 0},
        {"state": "draft", "digest": "", "tolerance_amount": -1, "tolerance_percent": 0},
    ),
    "ledgerrow_line": (LEDGER_ROW, {"standing": "counted", "method": "code", "project_id": 1}),
    "ledgerrow_counted": (
        {**LEDGER_ROW, **BENCH_LINE, "method": "code"},
        {**BENCH_LINE, "standing": "after", "method": "code"},
    ),
    "ledgerrow_method": (LEDGER_ROW, {**LEDGER_ROW, "method": "text"}),
    "ledgerrow_moved": (
        {**LEDGER_ROW, "method": "manual", "moved_by_id": 1, "moved_at": NOW, "reason": LONG},
        {**LEDGER_ROW, "method": "manual", "moved_by_id": 1, "moved_at": NOW, "reason": "کوتاه"},
    ),
    "ledgerrow_explained": (
        {**LEDGER_ROW, "explanation": LONG, "explained_by_id": 1, "explained_at": NOW},
        {**LEDGER_ROW, "explanation": "کوتاه", "explained_by_id": 1, "explained_at": NOW},
    ),
    "reconciliationline_line": (BENCH_LINE, {"programme_id": 1, "funding_source_id": 1}),
    "reconciliationline_money": ({**BENCH_LINE, "ledger": 1}, {**BENCH_LINE, "ledger": HUGE}),
    "reconciliationline_explained": (
        {**BENCH_LINE, "explanation": LONG, "explained_by_id": 1, "explained_at": NOW},
        {**BENCH_LINE, "explanation": "کوتاه", "explained_by_id": 1, "explained_at": NOW},
    ),
    "reconciliationtolerance_bounds": ({"amount": 1, "percent": 5}, {"amount": 1, "percent": 6}),
    "reconciliationtolerance_reason": ({"reason": LONG}, {"reason": "کوتاه"}),
    "complaint_state": ({"state": "registered"}, {"state": "lost"}),
    "complaint_number": ({"public_number": "4058731623"}, {"public_number": "12"}),
    "complaint_answered": (
        {"state": "answered", "answered_by_id": 2, "answered_at": NOW, "answer": "بله", "answer_written_by_id": 1},
        {"state": "answered", "answered_by_id": 2, "answered_at": NOW, "answer": "", "answer_written_by_id": 1},
    ),
    "complaint_four_eyes": (
        {"answered_by_id": 2, "answer_written_by_id": 1},
        {"answered_by_id": 1, "answer_written_by_id": 1},
    ),
    "complaint_extended": (
        {"extended_to": DAY, "extension_reason": "بازدید لازم است"},
        {"extended_to": DAY, "extension_reason": ""},
    ),
    "report_state": ({"state": "draft", "level": "country"}, {**SIGNED_REPORT, "state": "sketch"}),
    "report_reviewed": (
        {"state": "draft", "level": "country", "reviewed_at": NOW, "reviewed_by_id": 1},
        {"state": "draft", "level": "country", "reviewed_at": NOW},
    ),
    "report_confirmed": (
        {"state": "draft", "level": "country", "confirmed_at": NOW, "confirmed_by_id": 1},
        {"state": "draft", "level": "country", "confirmed_at": NOW},
    ),
    "report_approved": (
        {"state": "draft", "level": "country", "approved_at": NOW, "approved_by_id": 1},
        {"state": "draft", "level": "country", "approved_at": NOW},
    ),
    "report_signed_in_order": (
        {"state": "reviewed", "level": "country", "reviewed_at": NOW, "reviewed_by_id": 1},
        {"state": "reviewed", "level": "country"},
    ),
    "report_signers_differ": (
        {
            "state": "draft", "level": "country", "reviewed_at": NOW, "reviewed_by_id": 1,
            "confirmed_at": NOW, "confirmed_by_id": 2,
        },
        {
            "state": "draft", "level": "country", "reviewed_at": NOW, "reviewed_by_id": 1,
            "confirmed_at": NOW, "confirmed_by_id": 1,
        },
    ),
    "report_scope": ({"state": "draft", "level": "agency", "agency_id": 1}, {"state": "draft", "level": "agency"}),
}  # fmt: skip

CLASSES = (
    *("affair", "chapter", "programme", "expensechapter"),
    *("capitalchapter", "capitalsubchapter", "fundingsource"),
)
CHECKS |= {
    f"{name}_days": (
        {"organization_id": 1, "code": "1", "valid_from": DAY, "valid_to": DAY},
        {"organization_id": 1, "code": "2", "valid_from": LATER, "valid_to": DAY},
    )
    for name in CLASSES
}
CHECKS["classificationmapping_share"] = ({"share": 1}, {"share": 0})

# Exclusion constraints: a row that stands, and one that may not stand beside it.
EXCLUSIONS: dict[str, tuple[Row, Row]] = {
    "membership_powers_apart": (
        {"user_id": 1, "agency_id": 1, "role": "agency_user", "valid_from": DAY},
        {"user_id": 1, "agency_id": 1, "role": "treasurer", "valid_from": LATER},
    ),
    "delegation_one_at_a_time": (
        {**LETTER, "membership_id": 1, "valid_from": DAY, "valid_to": LATER},
        {**LETTER, "membership_id": 1, "valid_from": LATER, "valid_to": LATER},
    ),
    "projectidentifier_one_at_a_time": (
        {"project_id": 1, "system": "saba", "code": "1", "valid_from": DAY},
        {"project_id": 1, "system": "saba", "code": "2", "valid_from": LATER},
    ),
    "capitalagreement_one_in_force": (
        {
            "plan_id": 1,
            "agency_id": 1,
            "fiscal_year_id": 1,
            "version": 1,
            "state": "exchanged",
            "valid_from": DAY,
        },
        {
            "plan_id": 1,
            "agency_id": 1,
            "fiscal_year_id": 1,
            "version": 2,
            "state": "exchanged",
            "reason": "متمم",
            "document_id": 1,
            "valid_from": LATER,
        },
    ),
    "expenseagreement_one_in_force": (
        {"agency_id": 1, "fiscal_year_id": 1, "version": 1, "state": "exchanged", "valid_from": DAY},
        {
            "agency_id": 1,
            "fiscal_year_id": 1,
            "version": 2,
            "state": "exchanged",
            "reason": "متمم",
            "document_id": 1,
            "valid_from": LATER,
        },
    ),
}
EXCLUSIONS |= {
    f"{name}_code_once": (
        {"organization_id": 1, "code": "1", "valid_to": LATER},
        {"organization_id": 1, "code": "1", "valid_from": LATER},
    )
    for name in CLASSES
}

"""What the triggers would have judged row by row, asked once for all rows of a load."""

from __future__ import annotations

from django.db import connection

# Sentence -> a query that finds what breaks it. Foreign keys, checks and unique keys the database has judged itself.
RULES = {
    "weights make 100": """
        SELECT ap.id FROM agreements_agreementproject ap
        JOIN agreements_workoperation o ON o.agreement_project_id = ap.id
        GROUP BY ap.id HAVING sum(o.weight) <> 100""",
    "the planned curve never falls": """
        SELECT agreement_project_id FROM (SELECT agreement_project_id, planned,
            lag(planned) OVER (PARTITION BY agreement_project_id ORDER BY year, quarter) AS earlier
          FROM agreements_physicalschedule) s WHERE planned < earlier""",
    "a capital line belongs to the agency of its submission": """
        SELECT l.id FROM monitoring_capitalfinanceline l
        JOIN monitoring_performancesubmission s ON s.id = l.submission_id
        JOIN agreements_agreementproject ap ON ap.id = l.agreement_project_id
        JOIN agreements_capitalagreement a ON a.id = ap.agreement_id
        WHERE a.agency_id <> s.agency_id OR ap.project_id <> l.project_id""",
    "an expense line belongs to the agency of its submission": """
        SELECT l.id FROM monitoring_expensefinanceline l
        JOIN monitoring_performancesubmission s ON s.id = l.submission_id
        JOIN agreements_expenseagreement a ON a.id = l.agreement_id WHERE a.agency_id <> s.agency_id""",
    "what is allocated stands in issued letters": """
        SELECT l.id FROM monitoring_capitalfinanceline l
        JOIN monitoring_performancesubmission s ON s.id = l.submission_id
        JOIN agreements_reportingperiod p ON p.id = s.period_id
        LEFT JOIN (SELECT al.project_id, q.fiscal_year_id, sum(al.amount) AS amount
            FROM agreements_allocationline al JOIN agreements_allocationnotice n ON n.id = al.notice_id
            JOIN agreements_reportingperiod q ON q.id = n.period_id
            WHERE n.state = 'issued' AND n.kind = 'capital' GROUP BY 1, 2) given
          ON given.project_id = l.project_id AND given.fiscal_year_id = p.fiscal_year_id
        WHERE l.allocated_cash IS DISTINCT FROM given.amount""",
    "received within allocated, spent within received, nothing falls": """
        SELECT l.id FROM monitoring_capitalfinanceline l
        LEFT JOIN monitoring_capitalfinanceline q ON q.id = l.previous_id
        WHERE l.received_cash > l.allocated_cash OR l.spent > l.received_cash OR q.spent > l.spent
        UNION ALL SELECT l.id FROM monitoring_expensefinanceline l
        LEFT JOIN monitoring_expensefinanceline q ON q.id = l.previous_id
        WHERE l.received > l.allocated_cash OR l.spent > l.received OR q.spent > l.spent""",
}


def broken() -> list[str]:
    """The rules that some row breaks."""
    found = []
    with connection.cursor() as cursor:
        for rule, query in RULES.items():
            # Counted, since a planner that expects to find one soon takes a path that is long when there is none.
            cursor.execute(f"SELECT count(*) FROM ({query}) broken")  # noqa: S608 - ours
            if cursor.fetchone()[0]:
                found.append(rule)
    return found

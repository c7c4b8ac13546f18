"""What a request must cost at least: the same rows by cursor and orjson, one indexed UPDATE through Django.

Nobody is signed in, nothing is scoped, no token is checked; routing and middleware are the server's.
"""

import orjson
from django.contrib.auth.decorators import login_not_required
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

ROWS = """
SELECT p.title, p.code, a.name, c.name, p.status,
  (SELECT g.physical_progress FROM monitoring_projectprogress g
     JOIN monitoring_performancesubmission s ON s.id = g.submission_id
     JOIN agreements_reportingperiod r ON r.id = s.period_id
   WHERE g.project_id = p.id AND s.state = 'approved' AND g.physical_progress IS NOT NULL
   ORDER BY r.cutoff_date DESC LIMIT 1),
  (SELECT g.planned_progress FROM monitoring_projectprogress g
     JOIN monitoring_performancesubmission s ON s.id = g.submission_id
     JOIN agreements_reportingperiod r ON r.id = s.period_id
   WHERE g.project_id = p.id AND s.state = 'approved' AND g.physical_progress IS NOT NULL
   ORDER BY r.cutoff_date DESC LIMIT 1)
FROM agreements_project p
  JOIN accounts_agency a ON a.id = p.agency_id JOIN accounts_county c ON c.id = p.county_id
WHERE a.organization_id = %s AND p.code > %s ORDER BY p.code LIMIT 51
"""
TABLE = "CREATE TABLE IF NOT EXISTS bench_floor (id bigint PRIMARY KEY, value bigint NOT NULL)"
FILLED = "INSERT INTO bench_floor SELECT n, 0 FROM generate_series(1, 1000) n ON CONFLICT DO NOTHING"


class Floor(models.Model):
    value = models.BigIntegerField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "bench_floor"

    def __str__(self) -> str:
        return str(self.pk)


@login_not_required
def rows(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [request.GET["organization"], request.GET["after"]])
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return HttpResponse(orjson.dumps(found, default=str), content_type="application/json")


@login_not_required
def lines(request: HttpRequest) -> HttpResponse:
    """The columns that the API gives, of the first thousand lines."""
    from monitoring.api.lines import CapitalLineSerializer
    from monitoring.models import CapitalFinanceLine

    table = CapitalFinanceLine._meta
    names = CapitalLineSerializer.Meta.fields
    columns = ", ".join(connection.ops.quote_name(table.get_field(name).column) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table.db_table} ORDER BY id LIMIT 1000")  # noqa: S608 - names of columns
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return HttpResponse(orjson.dumps(found, default=str), content_type="application/json")


@csrf_exempt
@login_not_required
def update(request: HttpRequest) -> HttpResponse:
    data = request.POST
    changed = Floor.objects.filter(pk=int(data["pk"])).update(value=int(data["value"]))
    return HttpResponse(str(changed))

"""The change list of projects twice: as a few lines of admin give it, and as somebody tuned it who had to."""

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import path

from agreements.models import Project
from monitoring.models import ProjectProgress

ROWS = 50  # as many as a page of ours has
COLUMNS = ("title", "code", "agency", "county", "status", "progress", "planned")


def approved(project: Any) -> Any:
    rows = ProjectProgress.objects.filter(
        project=project, submission__state="approved", physical_progress__isnull=False
    )
    return rows.order_by("-submission__period__cutoff_date")


class Defaults(ModelAdmin):
    list_display = COLUMNS
    list_filter = ("county", "status")
    list_per_page = ROWS
    search_fields = ("title", "code")

    def progress(self, project: Project) -> Any:
        row = approved(project).first()
        return row.physical_progress if row else None

    def planned(self, project: Project) -> Any:
        row = approved(project).first()
        return row.planned_progress if row else None


class Estimated(Paginator):
    @property
    def count(self) -> int:
        with connection.cursor() as cursor:
            table = self.object_list.model._meta.db_table
            cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE relname = %s", [table])
            return int(cursor.fetchone()[0])


class Tuned(ModelAdmin):
    list_display = COLUMNS
    list_filter = ("status",)
    list_per_page = ROWS
    list_select_related = ("agency", "county")
    show_full_result_count = False
    paginator = Estimated
    ordering = ("code",)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        last = approved(OuterRef("pk"))
        return rows.annotate(
            last_progress=Subquery(last.values("physical_progress")[:1]),
            last_planned=Subquery(last.values("planned_progress")[:1]),
        )

    def progress(self, project: Any) -> Any:
        return project.last_progress

    def planned(self, project: Any) -> Any:
        return project.last_planned


class LineDefaults(ModelAdmin):
    """Not the projects, but their 1,000,000 lines of progress themselves."""

    list_display = ("title", "code", "agency", "county", "state", "physical_progress", "planned_progress")
    list_filter = ("status",)
    list_per_page = ROWS

    def title(self, line: ProjectProgress) -> str:
        return line.project.title

    def code(self, line: ProjectProgress) -> str:
        return line.project.code

    def agency(self, line: ProjectProgress) -> Any:
        return line.project.agency

    def county(self, line: ProjectProgress) -> Any:
        return line.project.county

    def state(self, line: ProjectProgress) -> str:
        return line.submission.state


class LineTuned(LineDefaults):
    list_select_related = ("project__agency", "project__county", "submission")
    show_full_result_count = False
    paginator = Estimated
    ordering = ("-pk",)


defaults, tuned = AdminSite("defaults"), AdminSite("tuned")
defaults.register(Project, Defaults)
tuned.register(Project, Tuned)
defaults.register(ProjectProgress, LineDefaults)
tuned.register(ProjectProgress, LineTuned)
urlpatterns = [
    path("healthz", lambda request: HttpResponse("ok")),
    path("defaults/", defaults.urls),
    path("tuned/", tuned.urls),
]

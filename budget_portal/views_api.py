"""The schema of the API and its page."""

from __future__ import annotations

import functools

import orjson
from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.views import APIView

docs = SpectacularSwaggerSplitView.as_view(url_name="ground:api-schema")


@functools.cache
def written_schema() -> bytes:
    """The same for everybody, and as long as the code is: made once per process."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return orjson.dumps(schema, default=str)


class SchemaView(APIView):
    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(written_schema(), content_type="application/vnd.oai.openapi+json")

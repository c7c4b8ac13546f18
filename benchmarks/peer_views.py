"""The peer of W3: what the framework gives with a model and a serializer, nobody signed in and nothing scoped."""

from typing import Any

from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer

from monitoring.api.lines import CapitalLineSerializer
from monitoring.models import CapitalFinanceLine


class PeerLines(ListAPIView[CapitalFinanceLine]):
    queryset = CapitalFinanceLine.objects.order_by("pk")
    serializer_class = CapitalLineSerializer
    renderer_classes = (JSONRenderer,)
    authentication_classes = ()
    permission_classes = (AllowAny,)
    filter_backends = ()
    pagination_class = None

    def get_queryset(self) -> Any:
        return super().get_queryset()[:1000]

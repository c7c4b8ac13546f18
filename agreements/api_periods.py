"""How the API writes a cut-off: by its code."""

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat


def period_code(path: str = "") -> Concat:
    """`1405-Q2`, from the cut-off to which a path leads (ends in `__`)."""
    year = Cast(F(f"{path}fiscal_year__year"), CharField())
    return Concat(year, Value("-"), F(f"{path}cutoff"), output_field=CharField())

from django.urls.converters import StringConverter


class PeriodCode(StringConverter):
    """`1405-Q2`, `1404-CLOSING`"""

    regex = r"\d{4}-(?:Q[1-4]|CLOSING)"


class KindCode(StringConverter):
    regex = "capital|expense"

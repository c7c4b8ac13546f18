"""The frozen content of R1: one text, one digest, and figures that follow from their terms."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from monitoring.ratios import Ratio
from reports import canonical
from reports.figures import Flow, Physical, total
from reports.package import Coverage, Header, Imprint, Period, R1Report, Scope, Signer
from reports.parts import OperationRow


def small() -> R1Report:
    return R1Report(
        header=Header(
            number="R1-1403-Q4",
            edition=1,
            organization="سازمان نمونه",
            parent="کشور",
            unit="گروه تلفیق",
            subject="نظارت",
            scope=Scope("province", "25", "استان", "استان نمونه"),
            period=Period("1403-Q4", "پایان اسفند ۱۴۰۳", "سالانه", date(2024, 3, 20), date(2025, 3, 20)),
            data_as_of=datetime(2025, 5, 7, 13, 0, tzinfo=UTC),
        ),
        coverage=Coverage(agencies=Ratio(36, 38), credit=Ratio(Decimal("1.50"), 2)),
        capital=Flow(agreed=180_000, allocated=144_000, received=132_000, spent=126_000),
    )


def test_snapshot_rebuilds_the_same_object_and_the_same_text() -> None:
    report = small()
    again = R1Report.from_json(report.to_json())
    assert again == report
    assert again.to_json() == report.to_json()
    assert again.digest == report.digest
    with pytest.raises(FrozenInstanceError):
        again.code = "R2"  # type: ignore[misc]


def test_digest_changes_with_any_figure_and_not_with_what_is_signed_later() -> None:
    report = small()
    assert replace(report, capital=Flow(agreed=180_001)).digest != report.digest
    signed = replace(report, imprint=Imprint(signers=(Signer("تهیه‌کننده", "کسی"),), verify_url="http://x/"))
    assert signed.digest == report.digest
    assert R1Report.from_json(signed.to_json()) == signed


def test_equal_values_have_one_spelling() -> None:
    tehran = timezone(timedelta(hours=3, minutes=30))
    assert canonical.dumps(Ratio(Decimal("2.50"), 1)) == canonical.dumps(Ratio(Decimal("2.5"), 1))
    assert canonical.plain(datetime(2025, 5, 7, 16, 30, tzinfo=tehran)) == "2025-05-07T13:00:00+00:00"
    assert canonical.plain(Decimal("-0.00")) == "0"


@pytest.mark.parametrize("value", [1.5, Decimal("NaN"), datetime(2025, 5, 7), [1]])  # noqa: DTZ001
def test_what_has_no_exact_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical.plain(value)


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValueError, match="knows no colour"):
        canonical.loads(Ratio, '{"numerator":1,"denominator":2,"colour":3}')


def test_ratios_sum_first_and_divide_then() -> None:
    project = Flow(allocated=144_000, spent=126_000)
    sister = Flow(allocated=9_000, spent=1_800)
    group = total([project, None, sister])
    assert group is not None
    assert group.absorption.percent == Decimal("83.53")  # worked example A: never 53.75, the mean of ratios
    a = Physical(Decimal("62.25") * 5200, Decimal(70) * 5200, 520_000, amber=1)
    b = Physical(Decimal(10) * 600, Decimal(25) * 600, 60_000, red=1)
    assert (a + b).progress.percent == Decimal("56.84")
    assert (a + b).projects == 2


def test_undefined_is_none_and_differences_are_unrounded() -> None:
    assert Ratio(5, 0).percent is None
    assert Ratio(None, 5).percent is None
    assert total([]) is None
    behind = Physical(Decimal(1), Decimal(2), 3)
    assert behind.deviation is not None
    assert behind.deviation.quantize(Decimal("0.001")) == Decimal("-33.333")
    assert Physical(Decimal(0), Decimal(0), 0).deviation is None


def test_over_delivery_is_capped_in_the_share_of_an_operation() -> None:
    row = OperationRow("نما", "مترمربع", Decimal(5200), Decimal(20), Decimal(1560), Decimal(6000), None)
    assert row.part == Decimal(20)
    assert row.done.percent == Decimal("115.38")

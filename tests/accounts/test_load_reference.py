"""manage.py load_reference writes once, mends what differs and leaves corrected holidays alone."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

import accounts.reference
import agreements.reference
import budget_portal.reference
import monitoring.reference
from accounts.models import County, Organization, Province
from accounts.office import days
from agreements.models import Affair, CapitalChapter, CapitalSubChapter, ExpenseChapter, FundingSource
from budget_portal.models import Holiday
from monitoring.models import DelayCause
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def national() -> Organization:
    return Organization.objects.create(code="pbo-test", name="سازمان برنامه و بودجه", level="national")


@pytest.fixture
def provincial(national: Organization) -> Organization:
    accounts.reference.load()
    return Organization.objects.create(
        code="qom-test",
        name="سازمان مدیریت و برنامه‌ریزی قم",
        level="provincial",
        parent=national,
        province=Province.objects.get(code="25"),
    )


def test_the_command_loads_everything_and_twice_changes_nothing(national: Organization) -> None:
    call_command("load_reference", organization=[national.code], stdout=StringIO())
    second = StringIO()
    call_command("load_reference", organization=[national.code], stdout=second)

    assert Province.objects.count() == 31
    assert County.objects.count() == 482
    assert DelayCause.objects.count() == 17
    assert Affair.objects.filter(organization=national).count() == 10
    assert ExpenseChapter.objects.filter(organization=national).count() == 7
    assert CapitalChapter.objects.filter(organization=national).count() == 7
    assert CapitalSubChapter.objects.filter(organization=national).count() == 5
    assert set(FundingSource.objects.values_list("kind", flat=True)) == {"general", "own_revenue", "misc"}
    assert all(line.endswith(": 0 written") for line in second.getvalue().splitlines())


def test_counties_hang_on_their_province_with_their_seat() -> None:
    accounts.reference.load()
    bavi = County.objects.get(code="0624")
    assert (bavi.province.name, bavi.name, bavi.seat_name) == ("خوزستان", "باوی", "ملاثانی")
    assert Decimal("31") < bavi.seat_lat < Decimal("32")


def test_a_changed_name_is_mended_and_counted() -> None:
    accounts.reference.load()
    County.objects.filter(code="2503").update(name="کهك")
    assert accounts.reference.load() == {"provinces": 0, "counties": 1}
    assert County.objects.get(code="2503").name == "کهک"


def test_a_corrected_holiday_is_left_alone(cast: Cast) -> None:
    assert budget_portal.reference.load()["holidays"] > 90
    moved = Holiday.objects.filter(is_estimate=True).earliest("day")
    days.remove_holiday(moved.pk, by=cast.admin, reason="لغو شد")
    assert budget_portal.reference.load() == {"holidays": 0}
    assert not Holiday.objects.current().filter(day=moved.day).exists()


def test_nowruz_is_a_day_off() -> None:
    budget_portal.reference.load()
    assert "نوروز" in Holiday.objects.get(day=date(2026, 3, 21)).title


def test_two_national_organizations_keep_their_own_classification(national: Organization) -> None:
    other = Organization.objects.create(code="other-test", name="سازمان ملی دیگر", level="national")
    agreements.reference.load(national)
    assert not Affair.objects.filter(organization=other).exists()
    assert agreements.reference.load(other)["affairs"] == 10


def test_a_province_has_no_classification_of_its_own(provincial: Organization) -> None:
    with pytest.raises(ValueError, match="national"):
        agreements.reference.load(provincial)
    with pytest.raises(CommandError, match="no national organization"):
        call_command("load_reference", organization=[provincial.code], stdout=StringIO())


def test_causes_and_reasons_load_once_in_their_order() -> None:
    assert monitoring.reference.load() == {"delay_causes": 17, "return_reasons": 6, "rules": 21}
    assert monitoring.reference.load() == {"delay_causes": 0, "return_reasons": 0, "rules": 0}
    assert DelayCause.objects.last().code == "other"
    assert list(DelayCause.objects.filter(needs_text=True).values_list("code", flat=True)) == ["other"]

"""Guessing: five wrong pairs of a number or from an address, then a quarter of an hour; the same answer always."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone
from redis.exceptions import ConnectionError as NoRedis

from complaints import limits, tracking
from complaints.models import WrongTry
from tests.cast import Cast
from tests.complaints.making import MOBILE, registered

pytestmark = pytest.mark.django_db
WRONG_SECRET = "1" * 16


def attempt(number: str, key: str, address: str = "203.0.113.7", **extra: str):
    return Client(REMOTE_ADDR=address).post("/complaints/track/", {"number": number, "key": key}, **extra)


def text_of(response) -> str:
    """The page without what differs by request alone: the token and what was typed."""
    import re

    page = response.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|value="[^"]*"', "", page)


def test_every_wrong_pair_gets_the_same_answer(cast: Cast) -> None:
    known, anonymous = registered(cast), registered(cast, kind="report", sender=None, wants_sms=False)
    wrong = [
        (known.codes.number, WRONG_SECRET),
        (known.codes.number, "09120000000"),
        (anonymous.codes.number, MOBILE),
        ("4058731623", WRONG_SECRET),
        ("1234567890", "x"),
        ("abc", "۰"),
    ]
    answers = [attempt(*pair, address=f"203.0.113.{place}") for place, pair in enumerate(wrong)]
    assert {response.status_code for response in answers} == {422}
    assert len({text_of(response) for response in answers}) == 1
    assert all(tracking.WRONG in response.content.decode() for response in answers)


def test_wrong_pairs_cost_the_same_work(cast: Cast, django_assert_num_queries) -> None:
    known = registered(cast)
    counts = []
    for pair in ((known.codes.number, WRONG_SECRET), ("4058731623", WRONG_SECRET), ("", "")):
        with connection.execute_wrapper(lambda run, *args: (counts.append(1), run(*args))[1]):
            assert tracking.find(*pair, "203.0.113.9") is None
        counts.append(0)
    runs = "".join(map(str, counts)).strip("0").split("0")
    assert len({len(run) for run in runs}) == 1


def test_five_wrong_tries_of_a_number_close_it_for_everybody(cast: Cast) -> None:
    made = registered(cast)
    for place in range(5):
        assert attempt(made.codes.number, WRONG_SECRET, f"203.0.113.{place}").status_code == 422
    refused = attempt(made.codes.number, made.codes.secret, "198.51.100.1")
    assert refused.status_code == 429
    assert tracking.WAIT in refused.content.decode()


def test_five_wrong_tries_of_an_address_close_it_for_every_number(cast: Cast) -> None:
    made = registered(cast)
    for _ in range(5):
        attempt("4058731623", WRONG_SECRET)
    assert attempt(made.codes.number, made.codes.secret).status_code == 429
    assert attempt(made.codes.number, made.codes.secret, "198.51.100.1").status_code == 302


def test_a_number_that_does_not_exist_is_closed_in_the_same_way(cast: Cast) -> None:
    for place in range(5):
        attempt("4058731623", WRONG_SECRET, f"203.0.113.{place}")
    assert attempt("4058731623", WRONG_SECRET, "198.51.100.1").status_code == 429


def test_it_opens_again_after_a_quarter_of_an_hour(cast: Cast) -> None:
    made = registered(cast)
    for _ in range(5):
        attempt(made.codes.number, WRONG_SECRET)
    WrongTry.objects.update(at=timezone.now() - dt.timedelta(minutes=15, seconds=1))
    assert attempt(made.codes.number, made.codes.secret).status_code == 302


def test_right_pairs_are_not_counted(cast: Cast) -> None:
    made = registered(cast)
    for _ in range(8):
        assert attempt(made.codes.number, made.codes.secret).status_code == 302
    assert WrongTry.objects.count() == 0


def test_rows_name_neither_number_nor_address(cast: Cast) -> None:
    attempt("4058731623", WRONG_SECRET)
    kept = "".join(WrongTry.objects.values_list("key", flat=True))
    assert "4058731623" not in kept
    assert "203.0.113" not in kept


def test_clock_forgets_old_tries(cast: Cast) -> None:
    attempt("4058731623", WRONG_SECRET)
    assert limits.forget_old(timezone.now()) == 0
    assert limits.forget_old(timezone.now() + dt.timedelta(hours=2)) == 2


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.9", "203.0.113.7"),
        (0, "", "203.0.113.7"),
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "6.6.6.6, 198.51.100.9", "198.51.100.9"),
        (2, "6.6.6.6, 198.51.100.9, 10.0.0.2", "198.51.100.9"),
        (2, "198.51.100.9", "203.0.113.7"),
        (1, "not an address", "203.0.113.7"),
        (1, "", "203.0.113.7"),
    ],
)
def test_address_is_what_the_trusted_proxy_wrote(settings, proxies, forwarded, address) -> None:
    settings.TRUSTED_PROXIES = proxies
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory(REMOTE_ADDR="203.0.113.7").get("/", **extra)
    assert limits.client_address(request) == address


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
    ],
)
def test_block_of_an_address(address: str, block: str) -> None:
    assert limits.address_block(RequestFactory(REMOTE_ADDR=address).get("/")) == block


def test_forged_header_gives_no_new_tries(cast: Cast) -> None:
    made = registered(cast)
    for place in range(5):
        attempt("4058731623", WRONG_SECRET, HTTP_X_FORWARDED_FOR=f"198.51.100.{place}")
    refused = attempt(made.codes.number, made.codes.secret, HTTP_X_FORWARDED_FOR="198.51.100.99")
    assert refused.status_code == 429


def test_guessing_mobiles_everywhere_closes_that_way_only(cast: Cast, monkeypatch) -> None:
    made = registered(cast)
    monkeypatch.setattr(limits, "WRONG_MOBILES_OVERALL", 3)
    for place in range(3):
        attempt(f"405873162{place}", f"0912000000{place}", f"203.0.113.{place}")
    assert attempt(made.codes.number, MOBILE, "198.51.100.1").status_code == 429
    assert attempt(made.codes.number, made.codes.secret, "198.51.100.2").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_are_counted_exactly(cast: Cast) -> None:
    """Sixteen guesses at once: five are judged, eleven wait."""
    made = registered(cast)
    gate = threading.Barrier(16)
    answers: list[str] = []

    def guess(place: int) -> None:
        gate.wait()
        try:
            tracking.find(made.codes.number, WRONG_SECRET, f"203.0.113.{place}")
            answers.append("wrong")
        except tracking.TooManyTries:
            answers.append("wait")
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=(place,)) for place in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["wait"] * 11 + ["wrong"] * 5


def test_filing_is_limited_with_and_without_the_cache(monkeypatch) -> None:
    request = RequestFactory(REMOTE_ADDR="192.0.2.77").post("/")
    assert [limits.too_many(request, "t1", per_hour=3) for _ in range(5)] == [False] * 3 + [True] * 2

    def gone(*args: object, **kwargs: object) -> bool:
        raise NoRedis("no server")

    monkeypatch.setattr(limits, "is_ratelimited", gone)
    assert [limits.too_many(request, "t2", per_hour=3) for _ in range(5)] == [False] * 3 + [True] * 2

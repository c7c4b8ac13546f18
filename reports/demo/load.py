"""The whole demo, in order; seeded, so that figures are the same each time."""

from __future__ import annotations

import random
from collections.abc import Callable

from django.db import connection, transaction

from reports.demo import (
    citizens,
    current,
    drafts,
    editions,
    example,
    extended,
    history,
    imported,
    ledgers,
    lent,
    notices,
    packages,
    register,
    registered,
    ruling,
    signed,
    talking,
    trees,
    visits,
    waiting,
)
from reports.demo import ground as ground_step
from reports.demo.plan import PERIODS

SEED = 1405


def load(say: Callable[[str], object] = print) -> None:
    rng = random.Random(SEED)  # noqa: S311 - figures of a demo, not secrets
    with transaction.atomic():
        ground = ground_step.build()
        ground_step.windows(ground)
        works, services = register.build(ground, rng)
        current.open_windows(ground)
        _count_rows()
    say(f"{len(ground.agencies)} دستگاه، {len(works)} پروژه")
    example.write(ground)
    extended.late(ground)
    history.write(ground, works, services, PERIODS[:5])
    _count_rows()
    with transaction.atomic():
        visits.past(ground, works, 3, every=3)
        visits.past(ground, works, 4, every=4)
    packages.write(ground)
    say("مقاطع گذشته نوشته شد")
    editions.write(ground)
    say("گزارش‌های دوره‌ای منتشر شد")
    current.write(ground, works, services)
    waiting.write(ground, works)
    notices.write(ground, works)
    packages.corrected(ground)
    say("مقطع جاری باز است")
    citizens.write(ground, works)
    ruling.write(ground)
    with transaction.atomic():
        registered.write(works)
        trees.write(ground)
        drafts.write(ground)
        imported.write(ground)
        ledgers.write(ground)
        talking.write(ground)
        signed.write(ground.national, works)
        packages.disputed(ground)
        lent.write(ground)
    say("شکایات و پیشنهادها ثبت شد")


def _count_rows() -> None:
    """Thousands of rows came at once: a planner that still believes the tables empty takes minutes per question."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

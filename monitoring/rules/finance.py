"""Rules of one finance line: V1–V7, V11 and the data-quality flags beside them.

V1–V3 and V5 are judged for each line alone; V7 only in CLOSING; V11 compares the copied credit with the
agreement in force at the cut-off date.
"""

from collections.abc import Iterator
from decimal import Decimal

from monitoring import indicators
from monitoring.ratios import DQ_ZERO_BASE, Ratio, as_money
from monitoring.rules.base import (
    REASON_LENGTH,
    Breach,
    Example,
    Hit,
    Parameter,
    Rule,
    Scope,
    Severity,
    is_reason,
    reason_parameter,
)
from monitoring.rules.lines import LABELS, CapitalFigures, Context, ExpenseFigures, Figures

RIALS_IN_A_UNIT = 1_000_000
UNIT_TRAP_FACTOR = 1_000
FULL = Decimal(100)


Line = Example[Figures, Context]


def _allocated_within_credit(line: Figures, context: Context) -> Iterator[Breach]:
    if context.allocated is not None and context.ceiling is not None and context.allocated > context.ceiling:
        variant = "collected" if context.is_limited_by_collection else ""
        yield Breach("allocated", context.ceiling, context.allocated, variant)


def _received_within_allocated(line: Figures, context: Context) -> Iterator[Breach]:
    received, securities = line.sum_known(line.RECEIVED), line.value("received_securities")
    if received is not None and context.allocated is not None and received > context.allocated:
        yield Breach(line.RECEIVED[0], context.allocated, received)
    limit = context.allocated_securities
    if securities is not None and limit is not None and securities > limit:
        yield Breach("received_securities", limit, securities, "securities")


def _used_within_received(line: Figures, context: Context) -> Iterator[Breach]:
    used, received = line.sum_known(line.USED), line.sum_complete(line.RECEIVED)
    if used is not None and received is not None and used > received:
        yield Breach("spent", received, used, "advances" if line.value("advances_open") else "")


def _not_negative(line: Figures, context: Context) -> Iterator[Breach]:
    for cell in line.MONEY:
        figure = line.value(cell)
        if figure is not None and figure < 0:
            yield Breach(cell, 0, figure, words={"label": LABELS[cell]})


def _not_falling(
    line: Figures, context: Context, *, reason_length: Decimal = Decimal(REASON_LENGTH)
) -> Iterator[Breach]:
    explained = is_reason(line.reason, reason_length)
    for cell in line.CUMULATIVE if context.last else ():
        figure, last = line.value(cell), context.last.value(cell) if context.last else None
        if figure is not None and last is not None and figure < last:
            variant = "explained" if explained else ""
            yield Breach(cell, last, figure, variant, explained, {"label": LABELS[cell]})


def _committed_within_credit(
    line: Figures, context: Context, *, share: Decimal = Decimal(100)
) -> Iterator[Breach]:
    committed, credit = line.sum_known(line.COMMITTED), context.credit_in_force
    if committed is not None and credit is not None and committed > share * credit / 100:
        limit = credit if share == FULL else as_money(share * credit / 100)
        yield Breach("commitments_open", limit, committed)


def _closed(line: Figures, context: Context) -> Iterator[Breach]:
    if not context.is_closing or not isinstance(line, CapitalFigures):
        return
    received, settled = line.sum_complete(line.RECEIVED), line.sum_complete(("spent", "returned"))
    if received is not None and settled is not None and received != settled:
        yield Breach("returned", received, settled)
    advances = line.value("advances_open")
    if advances:
        yield Breach("advances_open", 0, advances, "advances")


def _credit_as_agreed(line: Figures, context: Context) -> Iterator[Breach]:
    copied, agreed = line.credit_in_force, context.credit_in_force
    if copied is not None and agreed is not None and copied != agreed:
        yield Breach("credit_in_force", agreed, copied)


def _counted_over_nothing(line: Figures, context: Context) -> Iterator[Breach]:
    allocated, credit, spent = context.allocated, context.credit_in_force, line.value("spent")
    received = line.sum_known(line.RECEIVED)
    use = indicators.absorption_rate(spent, allocated), "تخصیص"
    found: dict[str, tuple[Ratio, str]] = {
        "allocated": (indicators.allocation_rate(allocated, credit), "اعتبار"),
        line.RECEIVED[0]: (indicators.receipt_rate(received, allocated), "تخصیص"),
        "spent": use if use[0].flags else (indicators.execution_rate(spent, credit), "اعتبار"),
    }
    for cell, (ratio, base) in found.items():
        if DQ_ZERO_BASE in ratio.flags:
            amount = as_money(Decimal(ratio.numerator or 0))
            yield Breach(cell, 0, amount, words={"label": LABELS[cell], "base": base})


def _looks_like_rials(
    line: Figures, context: Context, *, factor: Decimal = Decimal(UNIT_TRAP_FACTOR)
) -> Iterator[Breach]:
    for cell in line.MONEY:
        figure = line.value(cell)
        known = (context.ceiling, context.last.value(cell) if context.last else None)
        usual = max((amount for amount in known if amount), default=None)
        if figure is not None and usual is not None and figure >= factor * usual:
            in_millions = as_money(Decimal(figure) / RIALS_IN_A_UNIT)
            yield Breach(cell, in_millions, figure, words={"label": LABELS[cell]})


V1 = Rule(
    code="V1",
    version=1,
    severity=Severity.BLOCK,
    scope=Scope.FINANCE_LINE,
    title="تخصیص از اعتبار معتبر بیشتر نیست؛ در درآمد اختصاصی از وصولی هم بیشتر نیست.",
    messages={
        "": "تخصیص ابلاغ‌شده ({actual}) از اعتبار موافقتنامهٔ معتبر ({expected}) بیشتر است. "
        "ابلاغیهٔ تخصیص یا موافقتنامه باید اصلاح شود؛ گروه تلفیق را آگاه کنید.",
        "collected": "تخصیص درآمد اختصاصی ({actual}) از مبلغ وصول‌شده ({expected}) بیشتر است. "
        "ابلاغیهٔ تخصیص را با وصولی تطبیق دهید؛ بیش از وصولی قابل مصرف نیست.",
    },
    check=_allocated_within_credit,
    law="قانون برنامه و بودجه، مادهٔ ۳۰؛ قانون محاسبات عمومی، مادهٔ ۶۴ (درآمد اختصاصی)",
    floor=True,
    must_pass=(
        Line(CapitalFigures(), Context(credit_in_force=150_000, allocated_cash=15_000)),
        Line(CapitalFigures(), Context(credit_in_force=100, allocated_cash=60, allocated_securities=40)),
        Line(ExpenseFigures(), Context(credit_in_force=None, allocated_cash=5)),
        Line(ExpenseFigures(), Context(credit_in_force=5, allocated_cash=None)),
        Line(
            ExpenseFigures(),
            Context(credit_in_force=8_000, allocated_cash=8_000, collected=9_000, is_own_revenue=True),
        ),
        Line(ExpenseFigures(), Context(credit_in_force=8_000, allocated_cash=8_000, is_own_revenue=True)),
        Line(ExpenseFigures(), Context(credit_in_force=8_000, allocated_cash=8_000, collected=1)),
    ),
    must_fail=(
        Line(CapitalFigures(), Context(credit_in_force=100, allocated_cash=60, allocated_securities=41)),
        Line(
            ExpenseFigures(),
            Context(credit_in_force=8_000, allocated_cash=7_001, collected=7_000, is_own_revenue=True),
        ),
        Line(ExpenseFigures(), Context(allocated_cash=1, collected=0, is_own_revenue=True)),
    ),
)

V2 = Rule(
    code="V2",
    version=1,
    severity=Severity.BLOCK,
    scope=Scope.FINANCE_LINE,
    title="دریافتی از تخصیص بیشتر نیست؛ دریافتی اوراق از تخصیص اوراق بیشتر نیست.",
    messages={
        "": "دریافتی ({actual}) از تخصیص ابلاغ‌شده ({expected}) بیشتر است. "
        "رقم را اصلاح کنید یا ابلاغیهٔ جدید را پیوست کنید.",
        "securities": "دریافتی اوراق ({actual}) از تخصیص اوراق ({expected}) بیشتر است. "
        "رقم را اصلاح کنید یا ابلاغیهٔ جدید را پیوست کنید.",
    },
    check=_received_within_allocated,
    law="قانون محاسبات عمومی، مواد ۵۳، ۶۳ و ۶۴",
    floor=True,
    must_pass=(
        Line(ExpenseFigures(received=20_000), Context(allocated_cash=20_400)),
        Line(
            CapitalFigures(received_cash=108_000, received_securities=24_000),
            Context(allocated_cash=120_000, allocated_securities=24_000),
        ),
        Line(CapitalFigures(received_cash=5), Context(allocated_cash=5, allocated_securities=0)),
        Line(
            CapitalFigures(
                received_cash=5, received_securities=9, not_applicable=frozenset({"received_cash"})
            ),
            Context(allocated_cash=0, allocated_securities=9),
        ),
        Line(CapitalFigures(received_securities=9), Context(allocated_securities=None)),
        Line(ExpenseFigures(), Context(allocated_cash=0)),
    ),
    must_fail=(
        Line(ExpenseFigures(received=20_401), Context(allocated_cash=20_400)),
        Line(CapitalFigures(received_cash=6), Context(allocated_cash=5)),
        Line(
            CapitalFigures(received_cash=0, received_securities=1),
            Context(allocated_cash=5, allocated_securities=0),
        ),
    ),
)

V3 = Rule(
    code="V3",
    version=1,
    severity=Severity.BLOCK,
    scope=Scope.FINANCE_LINE,
    title="عملکرد و پیش‌پرداخت از دریافتی بیشتر نیست.",
    messages={
        "": "عملکرد ({actual}) از دریافتی ({expected}) بیشتر است. "
        "رقم را اصلاح کنید یا دریافتی ثبت‌نشده را وارد کنید.",
        "advances": "جمع عملکرد و پیش‌پرداخت ({actual}) از دریافتی ({expected}) بیشتر است. "
        "رقم را اصلاح کنید یا دریافتی ثبت‌نشده را وارد کنید.",
    },
    check=_used_within_received,
    law="قانون محاسبات عمومی، مواد ۵۳، ۶۳ و ۶۴",
    floor=True,
    must_pass=(
        Line(ExpenseFigures(received=20_000, spent=19_800), Context()),
        Line(CapitalFigures(received_cash=9, received_securities=1, spent=6, advances_open=4), Context()),
        Line(CapitalFigures(received_cash=9, spent=10), Context()),
        Line(CapitalFigures(received_cash=9, received_securities=0), Context()),
    ),
    must_fail=(
        Line(ExpenseFigures(received=20_000, spent=20_001), Context()),
        Line(CapitalFigures(received_cash=9, received_securities=1, spent=6, advances_open=5), Context()),
        Line(CapitalFigures(received_cash=9, received_securities=0, spent=10), Context()),
        Line(
            CapitalFigures(
                received_cash=9, spent=10, not_applicable=frozenset({"received_securities", "advances_open"})
            ),
            Context(),
        ),
    ),
)

V4 = Rule(
    code="V4",
    version=1,
    severity=Severity.BLOCK,
    scope=Scope.FINANCE_LINE,
    title="هیچ رقم ریالی منفی نیست.",
    messages={"": "{label} ({actual}) منفی است. رقم تجمعی از اول سال را صفر یا بیشتر وارد کنید."},
    check=_not_negative,
    law="قاعدهٔ سامانه: رقم تجمعی از اول سال",
    floor=True,
    must_pass=(
        Line(ExpenseFigures(received=0, spent=0, commitments_open=0), Context()),
        Line(CapitalFigures(), Context()),
        Line(ExpenseFigures(spent=-1, not_applicable=frozenset({"spent"})), Context()),
    ),
    must_fail=(
        Line(ExpenseFigures(spent=-1_856_518), Context()),
        Line(CapitalFigures(returned=-1), Context()),
        Line(CapitalFigures(advances_open=-1, commitments_open=-1), Context()),
    ),
)

_LONG_REASON = "سند هزینه در مقطع قبل دو بار ثبت شده بود."

V5 = Rule(
    code="V5",
    version=1,
    severity=Severity.BLOCK,
    scope=Scope.FINANCE_LINE,
    title="رقم تجمعی از آخرین رقم تأییدشده کمتر نیست، مگر با نوشتن علت.",
    messages={
        "": "{label} ({actual}) از آخرین رقم تأییدشده ({expected}) کمتر است. "
        "اگر رقم قبلی اشتباه بوده، علت را در دست‌کم ۲۰ نویسه بنویسید.",
        "explained": "{label} ({actual}) از آخرین رقم تأییدشده ({expected}) کمتر است. "
        "علت نوشته شده است؛ آن را با مستندات تطبیق دهید.",
    },
    check=_not_falling,
    reason_lifts=True,
    asks_reason=True,
    law="قاعدهٔ سامانه: رقم تجمعی از اول سال",
    floor=True,
    parameters=reason_parameter(),
    must_pass=(
        Line(ExpenseFigures(spent=44_600), Context(last=ExpenseFigures(spent=19_800))),
        Line(ExpenseFigures(spent=44_600), Context(last=ExpenseFigures(spent=44_600))),
        Line(ExpenseFigures(spent=1), Context()),
        Line(ExpenseFigures(spent=1), Context(last=ExpenseFigures())),
        Line(ExpenseFigures(), Context(last=ExpenseFigures(spent=1))),
        Line(CapitalFigures(advances_open=1), Context(last=CapitalFigures(advances_open=5))),
        Line(CapitalFigures(commitments_open=1), Context(last=CapitalFigures(commitments_open=5))),
    ),
    must_fail=(
        Line(ExpenseFigures(spent=19_799), Context(last=ExpenseFigures(spent=19_800))),
        Line(CapitalFigures(received_securities=0), Context(last=CapitalFigures(received_securities=1))),
        Line(CapitalFigures(returned=1), Context(last=CapitalFigures(returned=2))),
        Line(ExpenseFigures(spent=1, reason="اشتباه بود"), Context(last=ExpenseFigures(spent=2))),
        Line(ExpenseFigures(spent=1, reason=_LONG_REASON), Context(last=ExpenseFigures(spent=2))),
    ),
)

V6 = Rule(
    code="V6",
    version=1,
    severity=Severity.WARN,
    scope=Scope.FINANCE_LINE,
    title="عملکرد و تعهد پرداخت‌نشده از اعتبار بیشتر نیست.",
    messages={
        "": "جمع عملکرد و تعهد پرداخت‌نشده ({actual}) از اعتبار ({expected}) بیشتر است. "
        "رقم تعهد را بررسی کنید یا علت تعهد مازاد را بنویسید.",
    },
    check=_committed_within_credit,
    flag="OVER_COMMITTED",
    law="قانون محاسبات عمومی، مواد ۱۸ و ۱۹",
    parameters={"share": Parameter("سقف عملکرد و تعهد از اعتبار", FULL, Decimal(1), FULL, "٪")},
    must_pass=(
        Line(CapitalFigures(spent=126_000, commitments_open=54_000), Context(credit_in_force=180_000)),
        Line(CapitalFigures(), Context(credit_in_force=180_000)),
        Line(CapitalFigures(spent=5), Context()),
        Line(
            ExpenseFigures(spent=7_500),
            Context(credit_in_force=8_000, collected=7_000, is_own_revenue=True),
        ),
    ),
    must_fail=(
        Line(CapitalFigures(spent=126_000, commitments_open=54_001), Context(credit_in_force=180_000)),
        Line(ExpenseFigures(commitments_open=2), Context(credit_in_force=1)),
    ),
)

V7 = Rule(
    code="V7",
    version=1,
    severity=Severity.BLOCK,
    scope=Scope.FINANCE_LINE,
    title="در متمم پایان سال، دریافتی برابر عملکرد و برگشتی است و پیش‌پرداختی باز نیست.",
    messages={
        "": "در متمم پایان سال جمع عملکرد و برگشتی به خزانه ({actual}) با دریافتی ({expected}) برابر نیست. "
        "تفاوت ({difference}) را در عملکرد یا برگشتی بیاورید.",
        "advances": "در متمم پایان سال پیش‌پرداخت و علی‌الحساب ({actual}) باید صفر باشد. "
        "آن را در عملکرد یا برگشتی تسویه کنید.",
    },
    check=_closed,
    law="قانون محاسبات عمومی، مواد ۶۳ و ۶۴ و اصلاح سال ۱۴۰۱",
    floor=True,
    kinds=("capital",),
    must_pass=(
        Line(
            CapitalFigures(
                received_cash=138_000,
                received_securities=24_000,
                spent=158_400,
                returned=3_600,
                advances_open=0,
            ),
            Context(is_closing=True),
        ),
        Line(CapitalFigures(received_cash=9, received_securities=0, spent=5, returned=0), Context()),
        Line(CapitalFigures(received_cash=9, received_securities=0, spent=5), Context(is_closing=True)),
        Line(CapitalFigures(advances_open=3), Context()),
        Line(ExpenseFigures(received=9, spent=5), Context(is_closing=True)),
    ),
    must_fail=(
        Line(
            CapitalFigures(received_cash=162_000, received_securities=0, spent=158_400, returned=0),
            Context(is_closing=True),
        ),
        Line(CapitalFigures(advances_open=3), Context(is_closing=True)),
    ),
)

V11 = Rule(
    code="V11",
    version=1,
    severity=Severity.BLOCK,
    scope=Scope.FINANCE_LINE,
    title="اعتبار ردیف همان اعتبار موافقتنامهٔ معتبر در تاریخ مقطع است.",
    messages={
        "": "اعتبار این ردیف ({actual}) با موافقتنامهٔ معتبر در تاریخ مقطع ({expected}) یکی نیست. "
        "رقم اعتبار را از موافقتنامه تازه کنید.",
    },
    check=_credit_as_agreed,
    law="شناسنامهٔ خدمت، گام ۱: موافقتنامهٔ معتبر در تاریخ مقطع",
    floor=True,
    must_pass=(
        Line(CapitalFigures(credit_in_force=180_000), Context(credit_in_force=180_000)),
        Line(CapitalFigures(), Context(credit_in_force=180_000)),
        Line(CapitalFigures(credit_in_force=180_000), Context()),
    ),
    must_fail=(Line(CapitalFigures(credit_in_force=150_000), Context(credit_in_force=180_000)),),
)

ZERO_BASE = Rule(
    code=DQ_ZERO_BASE,
    version=1,
    severity=Severity.WARN,
    scope=Scope.FINANCE_LINE,
    title="رقمی روی پایهٔ صفر ثبت نشده است.",
    messages={"": "{label} ({actual}) ثبت شده ولی {base} صفر است. هر دو رقم را بررسی کنید."},
    check=_counted_over_nothing,
    flag=DQ_ZERO_BASE,
    law="قاعدهٔ سامانه: پایهٔ شاخص‌های تخصیص، دریافت و جذب",
    must_pass=(
        Line(ExpenseFigures(received=0, spent=0), Context(credit_in_force=0, allocated_cash=0)),
        Line(ExpenseFigures(received=5, spent=5), Context(credit_in_force=5, allocated_cash=5)),
        Line(ExpenseFigures(received=5, spent=5), Context()),
    ),
    must_fail=(
        Line(ExpenseFigures(spent=5), Context(credit_in_force=9, allocated_cash=0)),
        Line(ExpenseFigures(received=5), Context(credit_in_force=9, allocated_cash=0)),
        Line(CapitalFigures(), Context(credit_in_force=0, allocated_cash=5)),
        Line(CapitalFigures(spent=5), Context(credit_in_force=0, allocated_cash=5)),
    ),
)

UNIT_TRAP = Rule(
    code="UNIT_RIAL",
    version=1,
    severity=Severity.WARN,
    scope=Scope.FINANCE_LINE,
    title="رقم به میلیون ریال است، نه ریال.",
    messages={
        "": "{label} ({actual}) به نظر ریال است، نه میلیون ریال. رقم را به میلیون ریال ({expected}) بنویسید."
    },
    check=_looks_like_rials,
    law="قاعدهٔ سامانه: واحد فرم‌ها میلیون ریال است",
    parameters={
        "factor": Parameter(
            "چند برابر سقف یا رقم قبل", Decimal(UNIT_TRAP_FACTOR), Decimal(10), Decimal(1_000_000), "برابر"
        )
    },
    must_pass=(
        Line(ExpenseFigures(spent=99_999), Context(credit_in_force=100)),
        Line(ExpenseFigures(spent=5_000), Context(credit_in_force=0, last=ExpenseFigures(spent=6))),
        Line(ExpenseFigures(spent=5_000), Context()),
    ),
    must_fail=(
        Line(ExpenseFigures(spent=19_800_000_000), Context(credit_in_force=102_000)),
        Line(ExpenseFigures(spent=6_000), Context(last=ExpenseFigures(spent=6))),
    ),
)

LINE_RULES: tuple[Rule[Figures, Context], ...] = (V1, V2, V3, V4, V5, V6, V7, V11, ZERO_BASE, UNIT_TRAP)


def check_line(line: Figures, context: Context) -> list[Hit]:
    """Every rule of a finance line, in the order of the table."""
    return [hit for rule in LINE_RULES for hit in rule.judge(line, context)]

"""The form of a rule: thresholds of a shipped one, or a condition of one's own, with examples line by line."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from budget_portal.digits import to_latin, to_persian
from budget_portal.forms import PortalForm, ReasonField
from monitoring.models import RuleVersion
from monitoring.rules import RULES
from monitoring.rules.base import Rule, Scope
from monitoring.rules.examples import ExampleError, build
from monitoring.rules.named import NAMES
from monitoring.workflow.rules import SCOPE_KINDS, Wanted

CODE = re.compile(r"^[A-Z][A-Z0-9_]{1,29}$")
EXAMPLE_HELP = "هر سطر یک نمونه: نام=رقم، نام=رقم؛ مانند commitments_open=40، credit_in_force=100"
SEVERITIES = [("warn", "هشدار: تنها با توضیح نوشته می‌گذرد"), ("block", "جلوی ارسال را می‌گیرد")]
# Inputs that a rule may point at: a row of money, of a project or of an activity has its own.
CELLS = {one.cell: one.label for names in NAMES.values() for one in names.values() if one.cell}
SCOPES = [(str(scope), RuleVersion.Scope(scope).label) for scope in NAMES]


class ExamplesField(forms.Field):
    """Examples as lines of «name=value»; cleans to a list of figures by name."""

    widget = forms.Textarea(attrs={"rows": 4, "dir": "ltr"})

    def to_python(self, value: Any) -> list[dict[str, str]]:
        found = []
        for number, line in enumerate((value or "").splitlines(), 1):
            if line.strip():
                found.append(_example(line, number))
        return found

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join("، ".join(f"{name}={text}" for name, text in flat.items()) for flat in value)


def _example(line: str, number: int) -> dict[str, str]:
    found = {}
    for part in re.split(r"[،;؛]|,(?!\d)", line):
        name, sign, text = part.partition("=")
        if not sign or not name.strip():
            raise forms.ValidationError(f"سطر {number}: «{part.strip()}» باید «نام=رقم» باشد.")
        found[name.strip()] = text.strip() if name.strip() == "reason" else to_latin(text).strip()
    return found


class _Common(PortalForm):
    severity = forms.ChoiceField(label="اثر", choices=SEVERITIES)
    message = forms.CharField(
        label="جمله",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="رقم، سپس راه اصلاح. {actual} رقم ردیف، {expected} انتظار و {difference} تفاوت است.",
    )
    must_pass = ExamplesField(label="نمونه‌هایی که باید پذیرفته شود", help_text=EXAMPLE_HELP)
    must_fail = ExamplesField(label="نمونه‌هایی که نباید پذیرفته شود", help_text=EXAMPLE_HELP)
    law = forms.CharField(label="منبع (قانون، بخشنامه، مصوبه)", max_length=300, required=False)
    reason = ReasonField(label="چرا این قاعده یا این تغییر لازم است")

    def _examples(self, scope: Scope) -> None:
        for name in ("must_pass", "must_fail"):
            for flat in self.cleaned_data.get(name) or []:
                try:
                    build(scope, flat)
                except ExampleError as problem:
                    self.add_error(name, str(problem))
                    break


class OwnRuleForm(_Common):
    code = forms.CharField(
        label="کد",
        max_length=30,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text="حرف بزرگ لاتین، رقم و _؛ مانند OPEN_COMMITMENTS",
    )
    title = forms.CharField(label="عنوان (آنچه درست است)", max_length=200)
    scope = forms.ChoiceField(label="روی چه سنجیده می‌شود", choices=SCOPES)
    kinds = forms.MultipleChoiceField(
        label="نوع اعتبار",
        choices=[("capital", "تملک دارایی‌های سرمایه‌ای"), ("expense", "هزینه‌ای")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    expression = forms.CharField(
        label="شرط شکستن قاعده",
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text="مانند commitments_open > 0.3 * credit_in_force؛ نام رقم‌ها در همین صفحه است.",
    )
    cell = forms.ChoiceField(
        label="خانه‌ای که پیوند به آن می‌رود",
        choices=[("", "ردیف، نه یک خانه"), *CELLS.items()],
        required=False,
    )
    field_order = (
        "code", "title", "scope", "kinds", "severity", "expression", "cell", "message", "must_pass", "must_fail", "law",
        "reason",
    )  # fmt: skip

    def __init__(self, *args: Any, fixed_code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fixed_code:
            for name in ("code", "scope", "kinds"):
                self.fields[name].disabled = True

    def clean_code(self) -> str:
        code = to_latin(self.cleaned_data["code"]).strip().upper()
        if not CODE.match(code) or code in RULES:
            raise forms.ValidationError(
                "کد تازه بنویسید: حرف بزرگ لاتین، رقم و _؛ کدهای سامانه را نمی‌توان گرفت."
            )
        return code

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        scope = Scope(found["scope"]) if found.get("scope") else None
        if scope is not None:
            self._examples(scope)
            cells = {one.cell for one in NAMES[scope].values() if one.cell}
            if found.get("cell") and found["cell"] not in cells:
                self.add_error(
                    "cell", f"یکی از این‌ها را برگزینید: {'، '.join(CELLS[cell] for cell in sorted(cells))}"
                )
        if scope is Scope.FINANCE_LINE and not found.get("kinds"):
            self.add_error("kinds", "دست‌کم یک نوع اعتبار را برگزینید.")
        return found

    @property
    def wanted(self) -> Wanted:
        found = self.cleaned_data
        scope = Scope(found["scope"])
        names = (
            "code",
            "title",
            "severity",
            "message",
            "reason",
            "law",
            "expression",
            "cell",
            "must_pass",
            "must_fail",
        )
        kinds = SCOPE_KINDS.get(scope, tuple(found["kinds"]))
        return Wanted(scope=str(scope), kinds=kinds, **{name: found[name] for name in names})


class ShippedRuleForm(_Common):
    """Thresholds and severity of a rule of the portal; what judges stays its tested function."""

    def __init__(self, rule: Rule[Any, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        for name, one in rule.parameters.items():
            self.fields[f"p_{name}"] = forms.DecimalField(
                label=f"{one.label} ({one.unit})",
                min_value=one.minimum,
                max_value=one.maximum,
                max_digits=24,
                decimal_places=6,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr"}),
                help_text=to_persian(f"میان {one.minimum:f} و {one.maximum:f}؛ پیش‌فرض {one.default:f}"),
            )
        if rule.severity == "block":
            self.fields["severity"].choices = SEVERITIES[1:]  # type: ignore[attr-defined]
        self.order_fields([*(f"p_{name}" for name in rule.parameters), *_Common.base_fields])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        self._examples(self.rule.scope)
        return found

    @property
    def wanted(self) -> Wanted:
        found, rule = self.cleaned_data, self.rule
        return Wanted(
            code=rule.code,
            title=rule.title,
            scope=str(rule.scope),
            kinds=rule.kinds,
            parameters={name: f"{found[f'p_{name}']:f}" for name in rule.parameters},
            **{
                name: found[name]
                for name in ("severity", "message", "reason", "law", "must_pass", "must_fail")
            },
        )


class TrialForm(PortalForm):
    periods = forms.MultipleChoiceField(label="مقطع‌های آزمایش", widget=forms.CheckboxSelectMultiple)

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["periods"].choices = choices  # type: ignore[attr-defined]


class LiveForm(PortalForm):
    period = forms.ChoiceField(label="جاری از مقطع", help_text="مقطعی که پنجرهٔ آن هنوز باز نشده است.")

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = choices  # type: ignore[attr-defined]


class EndForm(LiveForm):
    period = forms.ChoiceField(label="آخرین اعتبار: پیش از مقطع")
    reason = ReasonField(label="دلیل پایان دادن")

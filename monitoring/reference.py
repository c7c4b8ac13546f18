"""Delay causes and reasons for a return, in the order in which pages offer them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from budget_portal.reference import rows, upsert
from monitoring.models import DelayCause, ReturnReason, RuleVersion
from monitoring.rules import RULES
from monitoring.rules.base import Rule
from monitoring.rules.examples import flatten
from monitoring.workflow import rules

FOLDER = Path(__file__).resolve().parent / "reference"


def load() -> dict[str, int]:
    return {
        "delay_causes": upsert(DelayCause, _causes()),
        "return_reasons": upsert(ReturnReason, _reasons()),
        "rules": load_rules(),
    }


def _causes() -> Iterator[dict[str, object]]:
    for position, row in enumerate(rows(FOLDER, "delay_causes.csv"), start=1):
        needs_text = row["needs_text"] == "yes"
        yield {"code": row["code"], "title": row["name_fa"], "needs_text": needs_text, "position": position}


def _reasons() -> Iterator[dict[str, object]]:
    for position, row in enumerate(rows(FOLDER, "return_reasons.csv"), start=1):
        yield {"code": row["code"], "title": row["name_fa"], "position": position}


def load_rules() -> int:
    """The rules of the portal as rows; a version that was published stays when the next one comes."""
    known = {(row.code, row.number): row for row in RuleVersion.objects.filter(organization=None)}
    missing, mended = [], 0
    for rule in RULES.values():
        values = shipped(rule)
        row = known.get((rule.code, rule.version))
        if row is None:
            missing.append(RuleVersion(**values))
        elif any(getattr(row, name) != value for name, value in values.items()):
            RuleVersion.objects.filter(pk=row.pk).update(**{k: v for k, v in values.items() if k != "state"})
            mended += 1
    RuleVersion.objects.bulk_create(missing)
    return len(missing) + mended


def shipped(rule: Rule[Any, Any]) -> dict[str, Any]:
    """A rule of the portal as its row: content, thresholds, examples, and the digest of all that."""
    row = RuleVersion(
        code=rule.code,
        number=rule.version,
        title=rule.title,
        severity=str(rule.severity),
        scope=str(rule.scope),
        kinds=list(rule.kinds),
        law=rule.law,
        check_name=rules.check_name(rule.code),
        messages=dict(rule.messages),
        parameters={name: f"{rule.threshold(name):f}" for name in rule.parameters},
        must_pass=[flatten(rule.scope, example) for example in rule.must_pass],
        must_fail=[flatten(rule.scope, example) for example in rule.must_fail],
    )
    return {**rules.content(row), "digest": rules.digest(row), "state": "live"}

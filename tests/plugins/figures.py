"""Figures of the promises (reliability guide §4): each such test ends with one line in the summary.

def test_x(figure): figure("P7: 100 of 100 tamperings found")
"""

from collections.abc import Callable

import pytest


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    return lambda line: record_property("figure", line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    lines = [value for report in reports for name, value in report.user_properties if name == "figure"]
    if lines:
        terminalreporter.section("figures of the promises")
    for line in dict.fromkeys(lines):
        terminalreporter.write_line(str(line))

"""Every rule of the platform that Google or its callers state, and what becomes of it here.

`python -m tests.infra.simulator.conformance.rules` runs the tests that are named, and prints the list.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from rich.console import Console
from rich.table import Column, Table
from tests.infra.simulator.conformance import (
    rules_of_events,
    rules_of_lifecycle,
    rules_of_messages,
    rules_of_methods,
    rules_of_webhooks,
)
from tests.infra.simulator.conformance.rule import NotOfTheApi, Rule, Shown, Undocumented

from rbm_ops.simulator.settings import SimulatorSettings

# By what they are about.
SECTIONS: dict[str, tuple[Rule, ...]] = {
    **rules_of_webhooks.RULES,
    **rules_of_events.RULES,
    **rules_of_methods.RULES,
    **rules_of_messages.RULES,
    **rules_of_lifecycle.RULES,
}
RULES = tuple(rule for rules in SECTIONS.values() for rule in rules)
SIMULATOR_TESTS = "tests/infra/simulator"
ROOT = Path(__file__).parents[4]


class Outcomes:
    """A pytest plugin: whether every run of a test passed, by the test's name without parameters."""

    def __init__(self) -> None:
        self.has_passed: dict[str, bool] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.partition("[")[0]
        if report.when == "call" or not report.passed:
            self.has_passed[name] = self.has_passed.get(name, True) and report.passed


def list_tests() -> list[str]:
    """Their names for pytest, from the root of the project, each once."""
    names = [name for rule in RULES if isinstance(rule.verdict, Shown) for name in rule.verdict.tests]
    return [f"{SIMULATOR_TESTS}/{name}" for name in dict.fromkeys(names)]


def find_setting(path: str) -> Any:
    """The type of a setting. Raises KeyError when there is none of that name."""
    kind: Any = SimulatorSettings
    for name in path.split("."):
        kind = get_type_hints(kind)[name]
    return kind


def describe_verdict(rule: Rule, has_passed: dict[str, bool]) -> tuple[str, str]:
    """In a word, and what stands behind it."""
    match rule.verdict:
        case Shown(tests):
            is_shown = all(has_passed.get(f"{SIMULATOR_TESTS}/{name}") for name in tests)
            return "pass" if is_shown else "FAIL", "\n".join(tests)
        case Undocumented(setting):
            return "undocumented", f"setting {setting}"
        case NotOfTheApi(why):
            return "not the API's", why


def main() -> int:
    outcomes = Outcomes()
    # This module has imported the simulator, which ships a plugin, before pytest could rewrite it.
    warnings = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    options = ["-q", "--no-header", "--tb=line", "-p", "no:cacheprovider", *warnings, f"--rootdir={ROOT}"]
    status = pytest.main([*options, *(str(ROOT / name) for name in list_tests())], plugins=[outcomes])
    table = Table("about", "rule", "sources", "verdict", Column("by", overflow="fold"))
    verdicts: Counter[str] = Counter()
    for section, rules in SECTIONS.items():
        for rule in rules:
            verdict, reason = describe_verdict(rule, outcomes.has_passed)
            verdicts[verdict] += 1
            table.add_row(section, rule.text, " ".join(rule.sources), verdict, reason)
    console = Console(width=200)
    console.print(table)
    console.print(", ".join(f"{count} {verdict}" for verdict, count in verdicts.items()), highlight=False)
    return int(status)


if __name__ == "__main__":
    sys.exit(main())

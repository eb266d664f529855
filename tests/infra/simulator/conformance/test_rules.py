"""The list of rules is complete, as far as a program can tell."""

import ast

import pytest
from tests.infra.simulator.conformance.conftest import OUTCOMES
from tests.infra.simulator.conformance.rule import SOURCES, NotOfTheApi, Shown, Undocumented
from tests.infra.simulator.conformance.rules import ROOT, RULES, SECTIONS, find_setting, list_tests


def test_every_section_has_rules_with_sources() -> None:
    assert all(SECTIONS.values())
    for rule in RULES:
        assert rule.sources, rule
        assert set(rule.sources) <= SOURCES.keys(), rule


def test_every_rule_stands_there_once() -> None:
    texts = [rule.text for rule in RULES]
    assert [text for text in texts if texts.count(text) > 1] == []


@pytest.mark.parametrize(
    "setting", sorted({rule.verdict.setting for rule in RULES if isinstance(rule.verdict, Undocumented)})
)
def test_named_setting_is_one_of_the_simulator(setting: str) -> None:
    assert find_setting(setting)


def test_other_name_is_no_setting() -> None:
    with pytest.raises(KeyError):
        find_setting("choices.novelty")


def test_every_rule_is_kept_or_has_a_reason_not_to_be() -> None:
    assert {type(rule.verdict) for rule in RULES} == {Shown, Undocumented, NotOfTheApi}


@pytest.mark.parametrize("name", list_tests())
def test_named_test_exists(name: str) -> None:
    path, _, function = name.partition("::")
    tree = ast.parse((ROOT / path).read_text())
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert function in defined


# The conftest puts it behind all other tests.
def test_named_tests_have_passed(request) -> None:
    """As many of them as this session runs; none may be skipped."""
    outcomes = request.config.stash[OUTCOMES]
    in_session = {item.nodeid.partition("[")[0] for item in request.session.items}
    named = [name for name in list_tests() if name in in_session]
    assert [name for name in named if not outcomes.has_passed.get(name)] == []

"""Planted bugs are caught: here a handful, all of them by `python -m tests.mutations`."""

from collections import Counter

import pytest
from tests.mutations.bug import Bug
from tests.mutations.bugs import BUGS
from tests.mutations.running import Result, Verdict, check_sound, try_bug
from tests.mutations.tree import ROOT, Tree, copy_tree, plant

_QUICK = [bug for bug in BUGS if bug.is_quick]

each_bug = pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    tree = copy_tree(tmp_path_factory.mktemp("mutations"))
    check_sound(tree, _QUICK)
    return tree


@pytest.mark.parametrize("bug", _QUICK, ids=lambda bug: bug.name)
def test_planted_bug_is_caught(tree: Tree, bug: Bug) -> None:
    result = try_bug(tree, bug)
    assert result.verdict is Verdict.CAUGHT, result.by


def test_bug_that_changes_nothing_survives(tree: Tree) -> None:
    assert _try_replaced(tree, "    Reply.NO_ANSWER: _OPEN,\n").verdict is Verdict.SURVIVED


def test_bug_that_does_not_even_run_counts_as_nothing(tree: Tree) -> None:
    assert _try_replaced(tree, "    Reply.NO_ANSWER: NOBODY,\n").verdict is Verdict.BROKE


@each_bug
def test_text_of_a_bug_is_in_the_tree_once(bug: Bug) -> None:
    plant((ROOT / bug.file).read_text(), bug)


@each_bug
def test_tests_of_a_bug_exist(bug: Bug) -> None:
    assert bool(bug.tests) != bool(bug.command)
    for test in bug.tests:
        file, _, function = test.partition("::")
        assert f"def {function}(" in (ROOT / file).read_text()


def test_every_bug_has_a_name_of_its_own() -> None:
    assert max(Counter(bug.name for bug in BUGS).values()) == 1


def _try_replaced(tree: Tree, line: str) -> Result:
    known = next(bug for bug in BUGS if "Reply.NO_ANSWER" in bug.old)
    return try_bug(tree, Bug("replaced", known.kind, known.file, known.old, line, known.tests))

"""`python -m tests.mutations` plants each bug in a copy of the tree and shows which test catches it."""

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from tests.mutations.bug import Bug
from tests.mutations.bugs import BUGS
from tests.mutations.report import make_page
from tests.mutations.running import Unsound, Verdict, check_sound, try_bug
from tests.mutations.tree import WrongTree, copy_tree

_COLOURS = {Verdict.CAUGHT: "green", Verdict.SURVIVED: "red", Verdict.BROKE: "yellow"}


def main() -> int:
    """0: all are caught; 1: one is not; 2: nothing could be tried."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a part of a bug's name")
    parser.add_argument("--quick", action="store_true", help="the handful that every test run plants")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the table there, as Markdown")
    arguments = parser.parse_args()
    bugs = [bug for bug in BUGS if _is_chosen(bug, arguments)]
    console = Console(highlight=False)
    if not bugs:
        console.print(f"no such bug; there are:\n{chr(10).join(bug.name for bug in BUGS)}", markup=False)
        return 2
    try:
        return _plant_all(console, bugs, arguments.report)
    except (Unsound, WrongTree) as error:
        console.print(f"{type(error).__name__}: {error.__doc__}\n{error}", markup=False)
        return 2


def _is_chosen(bug: Bug, arguments: argparse.Namespace) -> bool:
    is_named = not arguments.only or any(part in bug.name for part in arguments.only)
    return is_named and (bug.is_quick or not arguments.quick)


def _plant_all(console: Console, bugs: list[Bug], report: Path | None) -> int:
    with tempfile.TemporaryDirectory(prefix="rbm-mutations-") as home:
        tree = copy_tree(Path(home))
        console.print(f"{len(bugs)} bugs; their tests without them first …")
        check_sound(tree, bugs)
        results = []
        for bug in bugs:
            result = try_bug(tree, bug)
            results.append(result)
            colour = _COLOURS[result.verdict]
            line = f"{result.seconds:4.0f} s  {bug.name}: {result.by}"
            console.print(f"[{colour}]{result.verdict:9}[/] {escape(line)}", soft_wrap=True)
    if report is not None:
        report.write_text(make_page(results))
    missed = [result.bug.name for result in results if result.verdict is not Verdict.CAUGHT]
    console.print(f"{len(results) - len(missed)} of {len(results)} are caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

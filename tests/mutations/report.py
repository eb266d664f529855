"""The run as a page: which bug, caught by what, in how long."""

from collections.abc import Sequence

from tests.mutations.running import Result, Verdict

_TEXT = """\
# Planted bugs

Written by `python -m tests.mutations --report tests/mutations/REPORT.md`. Each bug is one exact change in a
copy of the tree; it is caught when an assertion of the named test fails, and that test passes without it.

{caught} of {all} are caught.

| bug | kind | where | caught by | seconds |
|---|---|---|---|---|
{rows}
"""


def make_page(results: Sequence[Result]) -> str:
    caught = sum(result.verdict is Verdict.CAUGHT for result in results)
    rows = "\n".join(_make_row(result) for result in results)
    return _TEXT.format(caught=caught, all=len(results), rows=rows)


def _make_row(result: Result) -> str:
    by = result.by if result.verdict is Verdict.CAUGHT else f"**{result.verdict}** {result.by}"
    bug = result.bug
    by = " ".join(by.split()).replace("|", "/")
    return f"| {bug.name} | {bug.kind} | `{bug.file}` | {by} | {result.seconds:.0f} |"

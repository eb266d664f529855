"""The findings for people, a line for each and below a fault its mend, or as JSON."""

import dataclasses
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from rbm_ops.doctor.findings import Finding, Verdict, exit_status
from rbm_ops.doctor.observed import System
from rbm_ops.json_text import print_json
from rbm_ops.terminal_text import show_controls

_SIGNS = {Verdict.WELL: ("✓", "green"), Verdict.FAULT: ("✗", "bold red"), Verdict.NOT_CHECKED: ("–", "dim")}
_SUMMARIES = {
    0: "All well.",
    1: "{faults} to mend.",
    2: "No fault seen, but not everything could be looked at.",
}


def print_findings(system: System, findings: Sequence[Finding], *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "system": dataclasses.asdict(system),
                "status": exit_status(findings),
                "findings": [dataclasses.asdict(finding) for finding in findings],
            }
        )
        return
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        console.print(_render(finding))
    faults = sum(finding.verdict is Verdict.FAULT for finding in findings)
    said = "1 fault" if faults == 1 else f"{faults} faults"
    console.print(_SUMMARIES[exit_status(findings)].format(faults=said))


def _render(finding: Finding) -> Text:
    sign, style = _SIGNS[finding.verdict]
    detail = f": {show_controls(finding.detail)}" if finding.detail else ""
    mend = f"\n    mend: {show_controls(finding.mend)}" if finding.mend else ""
    return Text.assemble((sign, style), f" {finding.check}{detail}{mend}")

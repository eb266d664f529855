"""What a check finds: that all is well, faults with their mends, or why it could not look."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rbm_ops.doctor.observed import Kind, NotSeen, Observed


class Verdict(StrEnum):
    WELL = "well"
    FAULT = "fault"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Fault:
    """`gcloud` mends what is deployed, `terraform` says where the configuration has it."""

    what: str
    gcloud: str = ""
    terraform: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report: a pure function of what was observed."""

    title: str
    find: Callable[[Observed], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class Finding:
    """`is_natural`: nobody could have looked, so that it counts for nothing."""

    check: str
    verdict: Verdict
    detail: str = ""
    mend: str = ""
    is_natural: bool = False


_LOCAL_MEND = "Stop rbm up with Ctrl-C and start it again: it makes what is missing."


def run_checks(checks: Sequence[Check], observed: Observed) -> Iterator[Finding]:
    """One finding for each check, or one for each of its faults; none keeps another from being made."""
    for check in checks:
        faults: list[Fault] = []
        unseen = None
        try:
            faults.extend(check.find(observed))
        except NotSeen as problem:
            unseen = problem.unseen
        for fault in faults:
            yield Finding(check.title, Verdict.FAULT, fault.what, _choose_mend(fault, observed.system.kind))
        if unseen is not None:
            yield Finding(check.title, Verdict.NOT_CHECKED, unseen.reason, is_natural=unseen.is_natural)
        elif not faults:
            yield Finding(check.title, Verdict.WELL)


def _choose_mend(fault: Fault, kind: Kind) -> str:
    match kind:
        case Kind.LOCAL:
            return _LOCAL_MEND
        case Kind.PLANNED:
            return f"In infra/*.tf: {fault.terraform}" if fault.terraform else fault.gcloud
        case Kind.DEPLOYED:
            return fault.gcloud or f"terraform apply, after a look at {fault.terraform}"


# 0: all well; 1: faults; 2: no fault was seen, but not everything could be looked at.
_STATUSES: Mapping[bool, int] = {True: 2, False: 0}


def exit_status(findings: Sequence[Finding]) -> int:
    if any(finding.verdict is Verdict.FAULT for finding in findings):
        return 1
    return _STATUSES[any(_is_blind(finding) for finding in findings)]


def _is_blind(finding: Finding) -> bool:
    return finding.verdict is Verdict.NOT_CHECKED and not finding.is_natural

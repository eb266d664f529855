"""Whether the targets were reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rbm_ops.bench.measures import Results
from rbm_ops.bench.targets import TARGETS, Target


class Verdict(StrEnum):
    """Of one target; only `missed` fails a run."""

    AIM = "aim reached"
    MET = "met"
    MISSED = "missed"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Judged:
    """A target, and what the results of one run say of it."""

    target: Target
    value: float | None
    verdict: Verdict
    beside: tuple[tuple[str, float], ...]


def judge(results: Results, targets: Sequence[Target] = TARGETS) -> list[Judged]:
    """In the order of the table."""
    return [_judge_one(results, target) for target in targets]


def name_missed(judged: Sequence[Judged]) -> list[str]:
    return [each.target.sentence for each in judged if each.verdict is Verdict.MISSED]


def _judge_one(results: Results, target: Target) -> Judged:
    value = target.compute(results)
    beside = ((name, compute(results)) for name, compute in target.beside)
    measured = tuple((name, figure) for name, figure in beside if figure is not None)
    return Judged(target, value, _find_verdict(value, target), measured)


def _find_verdict(value: float | None, target: Target) -> Verdict:
    if value is None:
        return Verdict.NOT_MEASURED
    if _reaches(value, target.aim, target):
        return Verdict.AIM
    return Verdict.MET if _reaches(value, target.must, target) else Verdict.MISSED


def _reaches(value: float, bound: float, target: Target) -> bool:
    return value <= bound if target.is_limit else value >= bound

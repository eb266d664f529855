"""`python -m tests.fuzz --inputs 1000000`: the long form. It writes nothing but what --report names."""

import argparse
import contextlib
import importlib.util
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.fuzz.campaign import Campaign
from tests.fuzz.engines import ENGINES
from tests.fuzz.report import print_row, write_report
from tests.fuzz.served import SERVED, emulating, serving
from tests.fuzz.targets import TARGETS, Target

# Of the inputs; an engine that runs alone takes all. The slower ones find other inputs, not more.
_PARTS = {"mutator": 1.0, "atheris": 0.05, "hypothesis": 0.003}


def main() -> int:
    """1 where anything was found."""
    options = _parse_options()
    campaigns: list[Campaign] = []
    with _open_targets(options.targets) as targets:
        engines = options.engine or ["mutator"]
        for engine in engines:
            part = _PARTS[engine] if len(engines) > 1 else 1
            campaigns += _run_engine(engine, targets, int(options.inputs * part), options.seed)
    total = sum(campaign.inputs for campaign in campaigns)
    found = sum(len(campaign.findings) for campaign in campaigns)
    sys.stdout.write(f"{total:,} inputs, {found} findings\n")
    if options.report:
        write_report(options.report, campaigns, seed=options.seed)
    return 1 if found else 0


def _run_engine(engine: str, targets: Mapping[str, Target], inputs: int, seed: int) -> Iterator[Campaign]:
    chosen = _choose(engine, targets)
    weights = sum(target.weight for target in chosen.values())
    for name, target in chosen.items():
        campaign = Campaign(name, target, engine)
        share = -(-inputs * target.weight // weights)
        with contextlib.redirect_stdout(_Discarded()):
            campaign.measure(lambda each, share=share: ENGINES[engine](each, share, seed))
        print_row(campaign)
        yield campaign


def _choose(engine: str, targets: Mapping[str, Target]) -> Mapping[str, Target]:
    """Atheris has a process of its own, without emulators."""
    if engine == "mutator":
        return targets
    return {name: target for name, target in targets.items() if name not in SERVED}


@contextlib.contextmanager
def _open_targets(names: Sequence[str] | None) -> Iterator[Mapping[str, Target]]:
    wanted = names or [*TARGETS, *SERVED]
    if set(wanted) <= TARGETS.keys():
        yield {name: TARGETS[name] for name in wanted}
        return
    with emulating() as hosts, serving(*hosts) as served:
        every = {**TARGETS, **served}
        yield {name: every[name] for name in wanted}


class _Discarded(io.TextIOBase):
    """The functions' log."""

    def write(self, text: str) -> int:
        return len(text)


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="of all targets together")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--engine",
        action="append",
        choices=ENGINES,
        help="may be repeated: atheris then takes a twentieth, hypothesis less",
    )
    parser.add_argument("--targets", nargs="+", choices=[*TARGETS, *SERVED])
    parser.add_argument("--report", type=Path, help="FILE.md; FILE.json stands beside it")
    options = parser.parse_args()
    if "atheris" in (options.engine or ()) and importlib.util.find_spec("atheris") is None:
        parser.error("atheris is not installed: pip install -e '.[dev,fuzz]'")
    return options


if __name__ == "__main__":
    sys.exit(main())

"""`rbm bench`: measure, say what came of it, keep it; the modules that measure are loaded when it runs."""

import argparse
from pathlib import Path

from rbm_ops.bench.scenarios import PARTS

_ROUNDS, _SECONDS = 3, 2.0
_QUICK_ROUNDS, _QUICK_SECONDS = 1, 0.5
_PICTURES = (".svg", ".png")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"only these, of {', '.join(PARTS)}")
    parser.add_argument(
        "--rounds", type=_parse_count, metavar="N", help=f"rounds of each (default: {_ROUNDS})"
    )
    parser.add_argument(
        "--seconds",
        type=_parse_seconds,
        metavar="S",
        help=f"seconds of load in each round (default: {_SECONDS:g})",
    )
    parser.add_argument("--quick", action="store_true", help="one short round of each: a look, no figures")
    parser.add_argument(
        "--emulators",
        choices=("embedded", "google"),
        default="embedded",
        help="ours, which count calls as well, or the official ones (default: embedded)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the results here")
    parser.add_argument("--plot", type=_parse_picture, metavar="FILE", help="draw them here: .svg or .png")
    parser.add_argument("--markdown", action="store_true", help="print the targets as Markdown")
    parser.add_argument("--from", type=Path, dest="kept", metavar="FILE", help="show results that were kept")


def run_bench(arguments: argparse.Namespace) -> int:
    """0: every target that was measured is met; 1: not, or something could not be measured."""
    from rbm_ops.bench.run import Order, carry_out

    rounds, seconds = (_QUICK_ROUNDS, _QUICK_SECONDS) if arguments.quick else (_ROUNDS, _SECONDS)
    return carry_out(
        Order(
            scenarios=arguments.scenarios,
            rounds=arguments.rounds or rounds,
            seconds=arguments.seconds or seconds,
            is_google=arguments.emulators == "google",
            json_file=arguments.json,
            picture=arguments.plot,
            is_markdown=arguments.markdown,
            kept_file=arguments.kept,
        )
    )


def _parse_count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 on")
    return int(text)


def _parse_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 600:
        raise argparse.ArgumentTypeError("a number above 0, up to 600")
    return seconds


def _parse_picture(text: str) -> Path:
    if Path(text).suffix not in _PICTURES:
        raise argparse.ArgumentTypeError(f"a file that ends in {' or '.join(_PICTURES)}")
    return Path(text)

"""`python -m rbm_ops.simulator`: the same as `rbm simulator`."""

import argparse
import asyncio
import sys

from rbm_ops.simulator.command import BadSettings, add_arguments, run_simulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m rbm_ops.simulator")
    add_arguments(parser)
    try:
        sys.exit(asyncio.run(run_simulator(parser.parse_args())))
    except BadSettings as problem:
        sys.exit(f"rbm simulator: {problem}")


if __name__ == "__main__":
    main()

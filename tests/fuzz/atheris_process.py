"""libFuzzer around one target, by atheris: coverage decides which inputs are kept, our mutations make them.

`python -m tests.fuzz.atheris_process TARGET INPUTS SEED RESULT CORPUS`, called by engines.py.
"""

import json
import random
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["rbm_ledger"]):
    from tests.fuzz.campaign import Campaign
    from tests.fuzz.mutations import MAX_BYTES, mutate
    from tests.fuzz.targets import TARGETS


def main() -> None:
    name, inputs, seed, result, corpus = sys.argv[1:]
    campaign = Campaign(name, TARGETS[name], "atheris")

    def test_one_input(data: bytes) -> None:
        campaign(data)
        if campaign.inputs == int(inputs):
            Path(result).write_text(json.dumps(campaign.describe()))

    def change(data: bytes, max_size: int, number: int) -> bytes:
        source = random.Random(number)
        if source.random() < 0.3:
            return bytes(atheris.Mutate(data, max_size))
        other = source.choice(campaign.target.seeds)
        return mutate(data, other, campaign.target.shape, source)[:max_size]

    options = [f"-runs={inputs}", f"-seed={seed}", f"-max_len={MAX_BYTES}"]
    options += ["-timeout=60", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *options, corpus], test_one_input, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

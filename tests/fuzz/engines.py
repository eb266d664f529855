"""Where inputs come from. Each engine gives the same ones again for the same seed."""

import base64
import itertools
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.functions.domain.strategies import event_objects, garbage, request_objects
from tests.functions.entrypoints.wire import push_body, sign, wrap_delivery
from tests.fuzz.campaign import Campaign, Finding
from tests.fuzz.mutations import Shape, join_call, mutate

_MOST_KEPT = 2000
_ROOT = Path(__file__).parents[2]

Engine = Callable[[Campaign, int, int], None]


def run_mutator(campaign: Campaign, inputs: int, seed_number: int) -> None:
    """Our own: each seed as it is, then mutations, mostly of seeds: what is changed often is soon noise."""
    source = random.Random(f"{seed_number} {campaign.name}")
    shape, seeds = campaign.target.shape, campaign.target.seeds
    pool, data = list(seeds), seeds[0]
    for data in seeds[:inputs]:
        campaign(data)
    while campaign.inputs < inputs:
        base = data if source.random() < 0.25 else source.choice(seeds if source.random() < 0.8 else pool)
        data = mutate(base, source.choice(pool), shape, source)
        campaign(data)
        if source.random() < 0.02:
            place = source.randrange(_MOST_KEPT)
            if len(pool) < _MOST_KEPT:
                pool.append(data)
            elif place >= len(seeds):  # the seeds themselves stay
                pool[place] = data


def run_hypothesis(campaign: Campaign, inputs: int, seed_number: int) -> None:
    quiet = settings(
        max_examples=inputs,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    seed(seed_number)(quiet(given(_STRATEGIES[campaign.target.shape])(campaign.__call__)))()


def run_atheris(campaign: Campaign, inputs: int, seed_number: int) -> None:
    """Guided by coverage, in a process of its own: libFuzzer never returns."""
    with tempfile.TemporaryDirectory() as folder:
        result, corpus = Path(folder, "result.json"), Path(folder, "corpus")
        corpus.mkdir()
        for number, data in enumerate(campaign.target.seeds):
            Path(corpus, f"{number:04}").write_bytes(data)
        command = [sys.executable, "-m", "tests.fuzz.atheris_process", campaign.name]
        command += [str(inputs), str(seed_number), str(result), str(corpus)]
        ended = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
        if not result.exists():
            ending = Finding(f"ended without a result: {ended.stderr[-1000:]}", "atheris", b"")
            campaign.findings[("atheris", "")] = ending
            return
        told = json.loads(result.read_text())
    campaign.inputs, campaign.input_bytes = told["inputs"], told["inputBytes"]
    campaign.slowest_seconds = told["slowestSeconds"]
    campaign.note = f"{_find_coverage(ended.stderr)} edges"
    for number, found in enumerate(told["findings"]):
        example = base64.b64decode(found["example"])
        campaign.findings[(found["error"], str(number))] = Finding(
            found["error"], found["place"], example, found["count"]
        )


ENGINES: Mapping[str, Engine] = {
    "mutator": run_mutator,
    "hypothesis": run_hypothesis,
    "atheris": run_atheris,
}


def _find_coverage(printed: str) -> int:
    words = printed.split()
    found = [int(after) for word, after in itertools.pairwise(words) if word == "cov:"]
    return max(found, default=0)


_payloads = garbage | event_objects | request_objects
_texts = st.text(st.characters(exclude_categories=()), max_size=200)
_STRATEGIES: Mapping[Shape, st.SearchStrategy[bytes]] = {
    Shape.JSON: _payloads,
    Shape.TEXT: _texts.map(partial(str.encode, errors="surrogatepass")),
    Shape.ENVELOPE: garbage | _payloads.map(push_body),
    Shape.CALL: st.builds(
        lambda payload, true, other, body: join_call(
            sign(payload) if true else other, "", wrap_delivery(payload) if body is None else body
        ),
        _payloads,
        st.booleans(),
        st.text(st.characters(max_codepoint=255, exclude_characters="\n"), max_size=100),
        st.none() | garbage,
    ),
}

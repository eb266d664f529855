"""Results as JSON: with the machine that they were measured on, without its name or paths."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from rbm_ops.bench.measures import Results, Sample
from rbm_ops.bench.problems import NotKept

_PACKAGES = (
    "flask",
    "functions-framework",
    "google-cloud-firestore",
    "google-cloud-pubsub",
    "grpcio",
    "gunicorn",
    "httptools",
    "protobuf",
    "requests",
    "starlette",
    "uvicorn",
    "uvicorn-worker",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One run. `date` is of its end, YYYY-MM-DD in UTC; `settings` are those of the command."""

    date: str
    machine: Mapping[str, Any]
    versions: Mapping[str, str]
    settings: Mapping[str, Any]
    results: Results


def describe_run(results: Results, settings: Mapping[str, Any]) -> Kept:
    return Kept(
        date=datetime.now(UTC).date().isoformat(),
        machine={
            "cpus": len(os.sched_getaffinity(0)),
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
        },
        versions={name: metadata.version(name) for name in _PACKAGES},
        settings=settings,
        results=results,
    )


def write_kept(kept: Kept, file: Path) -> None:
    fields = {
        "date": kept.date,
        "machine": kept.machine,
        "versions": kept.versions,
        "settings": kept.settings,
        "samples": [_write_sample(sample) for sample in kept.results.samples],
    }
    file.write_text(json.dumps(fields, indent=1) + "\n")


def read_kept(file: Path) -> Kept:
    """Raises NotKept."""
    try:
        fields = json.loads(file.read_text())
        results = Results(Sample(**sample) for sample in fields.pop("samples"))
        return Kept(**fields, results=results)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotKept(f"{file} holds no results of rbm bench: {error}") from error


def _write_sample(sample: Sample) -> dict[str, Any]:
    """With as many digits as mean something."""
    figures = {name: float(f"{value:.5g}") for name, value in sample.figures.items()}
    return {**asdict(sample), "figures": figures}

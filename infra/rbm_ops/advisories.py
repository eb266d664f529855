"""`python -m rbm_ops.advisories`: does anybody know of a weakness in what is deployed?

pip-audit asks a public database of advisories (osv.dev, unless --osv-url says otherwise) about every pin of a
file of requirements. Exit status: 0 for none; 1 for some, or for a pin that nobody could ask about; NO_DATA
where the database does not answer, which is no verdict.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

# In an environment of its own, as checkov: what checks the pins must not change them.
PIP_AUDIT = ("uv", "tool", "run", "--from", "pip-audit==2.10.1", "pip-audit")
_OPTIONS = (
    "--disable-pip",
    "--require-hashes",
    "--format=json",
    "--progress-spinner=off",
    "--timeout=15",
)
_LIMIT_SECONDS = 300

# EX_TEMPFAIL of sysexits.h: what `rbm check` calls not run.
NO_DATA = 75
# How pip-audit ends where the database is away, refuses to answer, or takes too long.
_UNREACHABLE = re.compile(
    r"\b(ConnectionError|ConnectTimeout|ReadTimeout|ServiceError|SSLError|ProxyError)\b"
)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m rbm_ops.advisories")
    parser.add_argument("--requirements", default="functions/requirements.txt")
    parser.add_argument("--osv-url", default="", help="another database that speaks OSV's protocol")
    chosen = parser.parse_args(arguments)
    service = ("--vulnerability-service", "osv", *(("--osv-url", chosen.osv_url) if chosen.osv_url else ()))
    beside = Path(sys.executable).with_name(PIP_AUDIT[0])
    audited = subprocess.run(
        [
            str(beside) if beside.exists() else PIP_AUDIT[0],
            *PIP_AUDIT[1:],
            "--requirement",
            chosen.requirements,
            *_OPTIONS,
            *service,
        ],
        capture_output=True,
        text=True,
        timeout=_LIMIT_SECONDS,
        check=False,
    )
    if not audited.stdout.strip():
        last_words = (audited.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
        is_away = _UNREACHABLE.search(last_words) is not None
        print(f"{'no data' if is_away else 'pip-audit failed'}: {last_words}")  # noqa: T201
        return NO_DATA if is_away else 1
    dependencies = json.loads(audited.stdout)["dependencies"]
    found = list(list_findings(dependencies))
    print("\n".join((*found, f"{len(dependencies)} pins, {len(found)} findings")))  # noqa: T201
    return 1 if found or not dependencies else 0


def list_findings(dependencies: Sequence[dict[str, Any]]) -> Iterator[str]:
    """One line for each advisory, and for each pin that nobody could ask about."""
    for dependency in dependencies:
        if "skip_reason" in dependency:
            yield f"{dependency['name']}: not looked at: {dependency['skip_reason']}"
        for advisory in dependency.get("vulns", ()):
            names = ", ".join((advisory["id"], *advisory["aliases"]))
            mended = ", ".join(advisory["fix_versions"]) or "no version yet"
            yield f"{dependency['name']} {dependency['version']}: {names}; mended in {mended}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

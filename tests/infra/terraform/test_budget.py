"""The budget is asked about for this project, so that a person's own login may do it too."""

import re
from pathlib import Path

INFRA = Path(__file__).parents[3] / "infra"

_TEXT = "\n".join(file.read_text() for file in sorted(INFRA.glob("*.tf")))
_BLOCK = re.compile(r'^(resource|data|provider) "([\w-]+)"(?: "\w+")? \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
_SETTING = re.compile(r"^  (\w+) += (.+)$", re.MULTILINE)


def _settings(kind: str) -> list[tuple[str, dict[str, str]]]:
    """Of each block of a kind, its type and what it sets itself."""
    return [
        (name, dict(_SETTING.findall(body))) for each, name, body in _BLOCK.findall(_TEXT) if each == kind
    ]


def test_provider_of_the_budget_names_the_project_that_a_call_counts_for() -> None:
    (provider,) = (each for _, each in _settings("provider") if each.get("alias") == '"billing"')
    assert provider["billing_project"] == "var.project_id"
    assert provider["user_project_override"] == "true"


def test_only_the_budget_is_asked_that_way() -> None:
    """With the others, a first apply would ask this project for APIs that it is about to turn on."""
    asking = {kind for kind, each in _settings("resource") if each.get("provider") == "google.billing"}
    assert asking == {"google_billing_budget"}
    others = [each for _, each in _settings("provider") if "alias" not in each]
    assert len(others) == 2
    assert not any({"billing_project", "user_project_override"} & each.keys() for each in others)

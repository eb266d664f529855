"""The schema files that are derived from tables; those of the updates are written by hand."""

import json
from pathlib import Path

import rbm_ledger
from rbm_ledger.domain.request_schema import request_schema

FOLDER = Path(rbm_ledger.__file__).parent / "schemas" / "v1"


def derive_files() -> dict[str, str]:
    """By name, the text that each must have."""
    return {"send-request.json": json.dumps(request_schema(), indent=2, ensure_ascii=False) + "\n"}


def write_files(folder: Path) -> list[Path]:
    """All of them, into a folder that is there."""
    texts = {folder / name: text for name, text in derive_files().items()}
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")
    return list(texts)

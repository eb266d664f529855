"""How much a document holds: every ledger counts as Firestore does, the fake as well."""

from typing import Any

import pytest

from rbm_ledger.domain.errors import Refused
from rbm_ledger.domain.ledger import Merge
from rbm_ledger.usecases.ports import Ledger

DOCUMENT = ("agents", "growing-tree-bank", "messages", "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11")
LARGE: dict[str, tuple[Any, bool]] = {
    "numbers of one digit, of which each takes 8 bytes": ([0] * 140_000, False),
    "as many as there is room for": ([0] * 125_000, True),
    "text, of which some characters take 2 bytes": ("é" * 500_000, True),
    "more of it": ("é" * 530_000, False),
    "many names": ({f"n{number:06}": True for number in range(110_000)}, True),
    "more of them": ({f"n{number:06}": True for number in range(120_000)}, False),
}


@pytest.mark.parametrize(("value", "fits"), LARGE.values(), ids=LARGE)
async def test_room_in_a_document_is_what_firestore_counts(ledger: Ledger, value: Any, fits: bool) -> None:
    merge = Merge(DOCUMENT, values={("value",): value})
    if fits:
        await ledger.merge(merge)
    else:
        with pytest.raises(Refused):
            await ledger.merge(merge)
    assert (await ledger.read(DOCUMENT) is not None) == fits

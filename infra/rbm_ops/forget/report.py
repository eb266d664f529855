"""What `rbm forget` says: counts by kind, what stays, and where else to look."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console

from rbm_ledger.logs import redact_phone_number
from rbm_ops.forget.erasing import Tally
from rbm_ops.forget.unreachable import Elsewhere

_CONSENT_KEPT = (
    "Consent stays ({counts}): without an opt-out the number may be sent to again. Erase it too with "
    "--with-consent."
)
_SHARED_KEPT = (
    "What names others too stays ({counts}), as requests for many, or may have named them before it was cut. "
    "Replay or drop it first, or erase it whole with --with-shared (but never another's word of consent)."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`erased` None: nobody said yes. `left`: what was found when looked for at the end."""

    erased: Tally | None
    left: Tally

    @property
    def is_anything_left(self) -> bool:
        """Consent that stays is meant to."""
        return bool(self.left.erasable.total() or self.left.shared.total())


def describe_outcome(phone_number: str, outcome: Outcome, elsewhere: Iterable[Elsewhere]) -> dict[str, Any]:
    """As JSON."""
    erased = outcome.erased
    return {
        "phoneNumber": redact_phone_number(phone_number),
        "erased": _drop_zeros(erased.erasable) if erased else {},
        "wordsOfConsentKept": erased.words if erased else 0,
        "left": _drop_zeros(outcome.left.erasable),
        "leftShared": _drop_zeros(outcome.left.shared),
        "consentKept": _drop_zeros(outcome.left.consent),
        "elsewhere": [asdict(each) for each in elsewhere],
    }


def print_outcome(phone_number: str, outcome: Outcome, elsewhere: Iterable[Elsewhere]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for line in _describe(redact_phone_number(phone_number), outcome):
        console.print(line, markup=False)
    console.print("Out of reach of this command:")
    for each in elsewhere:
        until = f" (for {each.until})" if each.until else ""
        console.print(f"  {each.what}{until}{': ' if each.mend else ''}{each.mend}", markup=False)


def _describe(number: str, outcome: Outcome) -> Iterable[str]:
    erased, left = outcome.erased, outcome.left
    if erased is None:
        found = _list_counts(left.erasable)
        yield f"Of {number} there is: {found}." if found else f"Of {number} there is nothing to erase."
    else:
        yield f"Erased of {number}: {_list_counts(erased.erasable) or 'nothing'}."
        if erased.words:
            yield f"Written down before that: {erased.words} words of consent that nobody had read yet."
        found = _list_counts(left.erasable)
        yield (
            f"Looked again, and there is: {found}. Run it once more."
            if found
            else "Looked again: nothing is left."
        )
    if left.consent.total():
        yield _CONSENT_KEPT.format(counts=_list_counts(left.consent))
    if left.shared.total():
        yield _SHARED_KEPT.format(counts=_list_counts(left.shared))
    if erased is None and outcome.is_anything_left:
        yield "Nothing was changed. Erase it with --yes."


def _list_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in _drop_zeros(counts).items())


def _drop_zeros(counts: Mapping[str, int]) -> dict[str, int]:
    return {kind: count for kind, count in counts.items() if count}

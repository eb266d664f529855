"""Look, erase, look again. Deleting is no merge: it is a person's deed, and no function of ours does it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rbm_ledger.config import CorrelateSettings
from rbm_ledger.domain.consent import merge_consent
from rbm_ledger.domain.spilling import read_spilled
from rbm_ledger.domain.times import parse_rfc3339
from rbm_ledger.usecases.consent import write_evidence
from rbm_ledger.usecases.recording import Recorder
from rbm_ops.deadletters.letters import DeadLetter
from rbm_ops.deadletters.subscription import Kept
from rbm_ops.forget.documents import CONSENT_KINDS, RAW_COLLECTIONS, Documents, Found, Named
from rbm_ops.forget.letters import KIND as DEAD_LETTERS
from rbm_ops.forget.letters import sift_letters
from rbm_ops.forget.naming import Naming
from rbm_ops.forget.words import find_word


@dataclass(frozen=True, slots=True)
class Choices:
    """Both False: consent stays, and so does what names others too, as one request for many."""

    with_consent: bool = False
    with_shared: bool = False


@dataclass(slots=True)
class Tally:
    """How many of each kind: to be erased (or erased), kept as consent, kept as others' too."""

    erasable: Counter[str] = field(default_factory=Counter)
    consent: Counter[str] = field(default_factory=Counter)
    shared: Counter[str] = field(default_factory=Counter)
    words: int = 0


@dataclass(frozen=True, slots=True)
class Eraser:
    """Every method raises NotConfirmed, or as Google's client does. Repeatable at every point."""

    naming: Naming
    documents: Documents
    kept: Kept
    recorder: Recorder
    settings: CorrelateSettings
    choices: Choices

    async def look(self) -> Tally:
        """Nothing is changed."""
        return await self._go_through(is_erasing=False)

    async def erase(self) -> Tally:
        return await self._go_through(is_erasing=True)

    async def _go_through(self, *, is_erasing: bool) -> Tally:
        """Dead letters first: published again meanwhile, they would make documents anew."""
        tally = Tally()

        async def take(letters: Sequence[DeadLetter]) -> Sequence[DeadLetter]:
            shared = [letter for letter in letters if self._stays(letter.data, letter.attributes.values())]
            own = [letter for letter in letters if letter not in shared]
            tally.shared[DEAD_LETTERS] += len(shared)
            tally.erasable[DEAD_LETTERS] += len(own)
            if not is_erasing:
                return letters
            for letter in own:
                at = parse_rfc3339(letter.attributes.get("receivedTime")) or letter.published_at
                await self._keep_word(tally, letter.data, letter.id, at or letter.died_at)
            await self.kept.acknowledge(own)
            return shared

        await sift_letters(self.kept, self.naming, take)
        async for found in self.documents.find():
            erasable = self._sort(found, tally)
            if is_erasing and erasable:
                await self._keep_words(tally, found.kind, erasable)
                await self.documents.delete([path for path, _ in erasable])
        return tally

    def _sort(self, found: Found, tally: Tally) -> list[Named]:
        """Those to be erased; the others are counted as what they are."""
        if found.kind in CONSENT_KINDS and not self.choices.with_consent:
            tally.consent[found.kind] += len(found.documents)
            return []
        is_raw = found.kind in RAW_COLLECTIONS
        erasable = [each for each in found.documents if not (is_raw and self._stays(each[1]["raw"]))]
        tally.erasable[found.kind] += len(erasable)
        tally.shared[found.kind] += len(found.documents) - len(erasable)
        return erasable

    def _stays(self, raw: bytes, attributes: Iterable[str] = ()) -> bool:
        """What names others too, unless it is asked for; another's word of consent whatever is asked for."""
        word = find_word(raw, "", self.recorder.now(), self.settings)
        if word is not None and not self.naming.is_number(word.phone_number):
            return True
        return not self.choices.with_shared and self.naming.is_shared(raw, attributes)

    async def _keep_words(self, tally: Tally, kind: str, documents: Sequence[Named]) -> None:
        """Of what was spilled; what is in quarantine was worked off before."""
        for path, record in documents if kind == "spill" else ():
            spilled = read_spilled(record)
            if spilled is not None:
                at = spilled.received_at or self.recorder.now()
                await self._keep_word(tally, spilled.payload, path[-1], at)

    async def _keep_word(self, tally: Tally, raw: bytes, name: str, at: datetime) -> None:
        word = None if self.choices.with_consent else find_word(raw, name, at, self.settings)
        if word is not None and self.naming.is_number(word.phone_number):
            word = replace(word, phone_number=self.naming.phone_number)  # however it was spelled
            brand = self.settings.agents.brand_of(word.agent_id)
            await write_evidence(self.recorder, word, brand)
            await self.recorder.write(merge_consent(word, brand))
            tally.words += 1

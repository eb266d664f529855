"""Everything that is to be compared, as differences: documents page by page, archives line by line."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rbm_ledger.config import CorrelateSettings
from rbm_ledger.domain.ledger import DocumentPath, Merge, Record, combine, fold
from rbm_ledger.usecases.ports import Ledger
from rbm_ops.rebuild.archive import Archived, read_line
from rbm_ops.rebuild.consents import compare_consent, compare_word, find_latest, read_evidence
from rbm_ops.rebuild.differences import Difference
from rbm_ops.rebuild.messages import compare_message
from rbm_ops.rebuild.missing import find_missing
from rbm_ops.rebuild.pages import find_messages, list_owners, list_page_names, read_pages

_LINES_AT_ONCE = 200
_CONSENTS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """Both None: everything."""

    message_id: str | None = None
    agent_id: str | None = None

    def holds(self, document: DocumentPath, merge: Merge) -> bool:
        if self.message_id is not None:
            return "messages" in document and merge.values.get(("messageId",)) == self.message_id
        return self.agent_id is None or document[:2] == ("agents", self.agent_id)


@dataclass(slots=True)
class Tally:
    """What was looked at so far; `skipped`: why lines of an archive were left out, and how often."""

    documents: int = 0
    lines: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def note(self, read: Sequence[Archived]) -> None:
        self.lines += len(read)
        self.skipped.update(line.skipped for line in read if line.skipped)


@dataclass(frozen=True, slots=True)
class Walk:
    """Yields the differences of a batch, and none of one without, so that others can pace it."""

    client: Any
    ledger: Ledger
    tally: Tally

    async def compare_documents(self, scope: Scope) -> AsyncIterator[list[Difference]]:
        if scope.message_id is not None:
            yield self._compare_page(await find_messages(self.client, scope.message_id, scope.agent_id))
            return
        agents = await list_owners(self.client, "agents", scope.agent_id)
        for agent in agents:
            async for page in read_pages(self.client, (*agent, "messages")):
                yield self._compare_page(page)
        brands = await list_owners(self.client, "brands") if scope.agent_id is None else []
        for owner in [*agents, *brands]:
            async for names in list_page_names(self.client, (*owner, "consents"), _CONSENTS_AT_ONCE):
                self.tally.documents += len(names)
                compared = await asyncio.gather(*map(self._compare_consent, names))
                yield list(itertools.chain(*compared))

    async def compare_archive(
        self, lines: Iterable[str], settings: CorrelateSettings, scope: Scope
    ) -> AsyncIterator[list[Difference]]:
        """What the lines say and no document does."""
        lines = iter(lines)
        while batch := list(itertools.islice(lines, _LINES_AT_ONCE)):
            told = await self._tell_lines(batch, settings, scope)
            documents = list({merge.document for merge, _ in told})
            records = await asyncio.gather(*map(self.ledger.read, documents))
            stored = dict(zip(documents, records, strict=True))
            found: list[Difference] = []
            for merge, what in _combine_by_document(told):
                found += find_missing(stored[merge.document], merge, f"the archive has {what}")
            yield found

    def _compare_page(self, page: Any) -> list[Difference]:
        self.tally.documents += len(page)
        return [each for path, record in page for each in compare_message(path, record)]

    async def _compare_consent(self, path: DocumentPath) -> list[Difference]:
        record: Record = await self.ledger.read(path) or {}
        differences: list[Difference] = []
        latest = find_latest(())
        async for page in read_pages(self.client, (*path, "evidence")):
            words = [word for _, fields in page if (word := read_evidence(fields))]
            latest = find_latest([*latest.values(), *words])
            found = [each for word in words if (each := compare_word(path, record, word))]
            differences += found
            record = fold(record, combine(*(each.mend for each in found if each.mend))) if found else record
        return [*differences, *compare_consent(path, record, latest)]

    async def _tell_lines(
        self, lines: Iterable[str], settings: CorrelateSettings, scope: Scope
    ) -> list[tuple[Merge, str]]:
        read = [read_line(line, settings) for line in filter(str.strip, lines)]
        self.tally.note(read)
        heard_at_ms = await self._find_first_heard(read)
        return [
            (merge, line.what)
            for line in read
            for merge in line.merges(
                heard_at_ms.get(line.evidence), store_content=settings.ledger.store_content
            )
            if scope.holds(merge.document, merge)
        ]

    async def _find_first_heard(self, read: Iterable[Archived]) -> dict[DocumentPath | None, int]:
        """Of each word, by its evidence: a repeat of it is no later word."""
        first: dict[DocumentPath | None, int] = {}
        for line in read:
            if line.evidence is not None and line.word is not None:
                first[line.evidence] = min(line.word.at_ms, first.get(line.evidence, line.word.at_ms))
        paths = [path for path in first if path is not None]
        for path, record in zip(paths, await asyncio.gather(*map(self.ledger.read, paths)), strict=True):
            stored = (record or {}).get("atMs")
            first[path] = min(first[path], stored) if isinstance(stored, int) else first[path]
        return first


def _combine_by_document(told: Iterable[tuple[Merge, str]]) -> Iterator[tuple[Merge, str]]:
    merges: dict[DocumentPath, list[tuple[Merge, str]]] = {}
    for merge, what in told:
        merges.setdefault(merge.document, []).append((merge, what))
    for each in merges.values():
        yield combine(*(merge for merge, _ in each)), ", ".join(sorted({what for _, what in each}))

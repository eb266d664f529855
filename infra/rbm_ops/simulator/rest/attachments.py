"""The files of a message, as far as they are known: sizes and types of uploads, endings of addresses."""

from collections.abc import Iterator

from rbm_ledger.domain.errors import Fault
from rbm_ops.simulator.contents import find_media
from rbm_ops.simulator.files import (
    AUDIO_TYPES,
    MAX_FILE_BYTES,
    MAX_THUMBNAIL_BYTES,
    PDF,
    THUMBNAIL_TYPES,
    Files,
    StoredFile,
    guess_media_type,
)
from rbm_ops.simulator.resources import JsonObject


class Attachments:
    def __init__(self, files: Files, *, takes_unknown: bool) -> None:
        self._files = files
        self._takes_unknown = takes_unknown

    def find_faults(self, content: JsonObject) -> Iterator[Fault]:
        """Source: guides/build/messages/send, April 2026."""
        for upload in _find_uploads(content):
            yield from self._check_name("uploadedRbmFile.fileName", upload["fileName"])
            if "thumbnailName" in upload:
                yield from self._check_name("uploadedRbmFile.thumbnailName", upload["thumbnailName"])
                yield from self._check_thumbnail(upload["thumbnailName"])
        if (size_bytes := self.count_bytes(content)) > MAX_FILE_BYTES:
            yield Fault("", f"its files have {size_bytes} bytes, at most {MAX_FILE_BYTES} are allowed")
        if AUDIO_TYPES & set(self._list_card_media_types(content)):
            yield Fault("media", "audio can't stand in a card")

    def count_bytes(self, content: JsonObject) -> int:
        """All its files together; those behind addresses count nothing (assumed: nothing is fetched)."""
        files = (self._files.find(upload["fileName"]) for upload in _find_uploads(content))
        return sum(file.size_bytes for file in files if file)

    def has_pdf_in_card(self, content: JsonObject) -> bool:
        return PDF in self._list_card_media_types(content)

    def _list_card_media_types(self, content: JsonObject) -> list[str]:
        return [self._find_media_type(media) for media in find_media(content)]

    def _find_media_type(self, media: JsonObject) -> str:
        if "contentInfo" in media:
            return guess_media_type(media["contentInfo"]["fileUrl"])
        file = self._find_upload(media)
        return file.media_type if file else ""

    def _find_upload(self, media: JsonObject) -> StoredFile | None:
        return self._files.find(media.get("uploadedRbmFile", {}).get("fileName", ""))

    def _check_name(self, path: str, name: str) -> Iterator[Fault]:
        file = self._files.find(name)
        if file is None and not self._takes_unknown:
            yield Fault(path, f"{name[:64]!a} is not a file")
        if file is not None and self._files.has_expired(file):
            yield Fault(path, f"{name[:64]!a} has expired")

    def _check_thumbnail(self, name: str) -> Iterator[Fault]:
        file = self._files.find(name)
        if file is None or file.file_url:
            return
        if file.media_type not in THUMBNAIL_TYPES:
            yield Fault(
                "uploadedRbmFile.thumbnailName", f"must be one of {', '.join(sorted(THUMBNAIL_TYPES))}"
            )
        if file.size_bytes > MAX_THUMBNAIL_BYTES:
            yield Fault(
                "uploadedRbmFile.thumbnailName",
                f"has {file.size_bytes} bytes, at most {MAX_THUMBNAIL_BYTES} are allowed",
            )


def _find_uploads(content: JsonObject) -> Iterator[JsonObject]:
    """Objects with a `fileName`, and perhaps a `thumbnailName`; the content itself in its deprecated form."""
    if "fileName" in content:
        yield content
    for holder in (content, *find_media(content)):
        if "uploadedRbmFile" in holder:
            yield holder["uploadedRbmFile"]

"""Files that agents handed over: their measures, and the bytes of the small ones."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from rbm_ops.simulator.clock import Clock

# Source: guides/build/messages/send, April 2026.
MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_THUMBNAIL_BYTES = 100 * 1024
_KEPT = timedelta(days=60)
# Source: guides/build/messages/send; reference/rest/v1/files/create, 2026.
THUMBNAIL_TYPES = frozenset({"image/jpeg", "image/jpg", "image/gif", "image/png"})
AUDIO_TYPES = frozenset(
    {
        "audio/aac",
        "audio/mp3",
        "audio/mpeg",
        "audio/mpg",
        "audio/mp4",
        "audio/mp4-latm",
        "audio/3gpp",
        "audio/ogg",
        "application/ogg",
    }
)
VIDEO_TYPES = frozenset({"video/h263", "video/m4v", "video/mp4", "video/mpeg4", "video/mpeg", "video/webm"})
PDF = "application/pdf"
# Assumed: nothing is fetched, so what lies behind an address is judged by its ending.
_ENDINGS = {
    "pdf": PDF,
    "aac": "audio/aac",
    "mp3": "audio/mp3",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
}
MEDIA_TYPES = THUMBNAIL_TYPES | AUDIO_TYPES | VIDEO_TYPES | {PDF}

# This simulator's own bounds: bytes are kept for previews only.
MAX_PREVIEW_BYTES = 4 * 1024 * 1024
_MAX_PREVIEWS_BYTES = 32 * 1024 * 1024
_MAX_FILES = 10_000


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`file_url` is empty for an upload; what lies behind an address counts 0 bytes."""

    name: str
    expires_at: datetime
    media_type: str
    size_bytes: int = 0
    file_url: str = ""


class Files:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: OrderedDict[str, StoredFile] = OrderedDict()
        self._previews: OrderedDict[str, bytes] = OrderedDict()
        self._previews_bytes = 0

    def keep_upload(self, media_type: str, *, size_bytes: int, preview: bytes) -> StoredFile:
        """`preview` is all of the file, or empty."""
        file = self._keep(StoredFile(_make_name(), self._find_expiry(), media_type, size_bytes))
        self._keep_preview(file.name, preview)
        return file

    def keep_address(self, file_url: str) -> StoredFile:
        media_type = guess_media_type(file_url)
        return self._keep(StoredFile(_make_name(), self._find_expiry(), media_type, file_url=file_url))

    def find(self, name: str) -> StoredFile | None:
        """An expired file too: that it has expired is worth telling."""
        return self._files.get(name)

    def has_expired(self, file: StoredFile) -> bool:
        return file.expires_at <= self._clock.now()

    def read_preview(self, name: str) -> bytes | None:
        """The bytes of an upload, as long as they are kept."""
        return self._previews.get(name)

    def _find_expiry(self) -> datetime:
        return self._clock.now() + _KEPT

    def _keep(self, file: StoredFile) -> StoredFile:
        self._files[file.name] = file
        if len(self._files) > _MAX_FILES:
            self._files.popitem(last=False)
        return file

    def _keep_preview(self, name: str, preview: bytes) -> None:
        if not preview:
            return
        self._previews[name] = preview
        self._previews_bytes += len(preview)
        while self._previews_bytes > _MAX_PREVIEWS_BYTES:
            _, oldest = self._previews.popitem(last=False)
            self._previews_bytes -= len(oldest)


def guess_media_type(url: str) -> str:
    """Of what may not stand everywhere: PDF and audio; empty for anything else."""
    path = url.partition("?")[0].partition("#")[0]
    return _ENDINGS.get(path.rpartition(".")[2].lower(), "")


def _make_name() -> str:
    """Never seeded: the name of an earlier run's file must not come to mean another."""
    return f"files/{secrets.token_urlsafe(32)}"

"""The client tokens of each webhook: fixed, or from a file that is read again when it changes."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

TokensByWebhook = Mapping[str, Sequence[str]]

# A token taken out of the file stops counting within this time; one put in counts at once (see reload).
_LOOK_AGAIN_SECONDS = 10.0


class FixedTokens:
    def __init__(self, tokens: TokensByWebhook) -> None:
        self._tokens = tokens

    def active(self, webhook: str) -> Sequence[str]:
        return self._tokens.get(webhook, ())

    def reload(self) -> bool:
        return False


class TokensFile:
    """A mounted secret. A version that can't be read is reported, and the last good one goes on."""

    def __init__(
        self,
        path: Path,
        parse: Callable[[str], TokensByWebhook],
        *,
        monotonic: Callable[[], float],
        report: Callable[[Exception], None],
    ) -> None:
        self._path = path
        self._parse = parse
        self._monotonic = monotonic
        self._report = report
        self._looked_at = monotonic()
        self._fingerprint = self._look()
        self._tokens = parse(path.read_text())

    def active(self, webhook: str) -> Sequence[str]:
        if self._monotonic() - self._looked_at > _LOOK_AGAIN_SECONDS:
            self.reload()
        return self._tokens.get(webhook, ())

    def reload(self) -> bool:
        """True when the file has changed and was read."""
        self._looked_at = self._monotonic()
        try:
            fingerprint = self._look()
            if fingerprint == self._fingerprint:
                return False
            self._tokens = self._parse(self._path.read_text())
        except (OSError, ValueError) as error:
            self._report(error)
            return False
        self._fingerprint = fingerprint
        return True

    def _look(self) -> tuple[int, int, int]:
        found = self._path.stat()
        return (found.st_mtime_ns, found.st_size, found.st_ino)

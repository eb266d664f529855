"""Chance that can be repeated: it follows from the seed and a name, whatever else goes on meanwhile."""

import base64
import hashlib
import uuid

_LARGEST = float(1 << 64)


class Dice:
    """Throws that are the same for the same seed, name and number of throws before."""

    __slots__ = ("_name", "_throws")

    def __init__(self, seed: int | str, *names: str) -> None:
        self._name = "/".join((str(seed), *names)).encode(errors="surrogatepass")
        self._throws = 0

    def throw(self) -> float:
        """From 0 (possible) to 1 (not reached)."""
        return int.from_bytes(self.throw_bytes(8)) / _LARGEST

    def throw_between(self, least: float, most: float) -> float:
        return least + (most - least) * self.throw()

    def throw_bytes(self, count: int) -> bytes:
        self._throws += 1
        return hashlib.blake2b(b"%s/%d" % (self._name, self._throws), digest_size=count).digest()

    def make_client_id(self) -> str:
        """Like `MxIgT-4pWCQu2tH9hMkSTljQ`: what a user's phone calls a message or an event; no UUID."""
        return "Mx" + base64.urlsafe_b64encode(self.throw_bytes(16)).decode().rstrip("=")

    def make_server_id(self) -> str:
        """What the platform calls an event: a UUID."""
        return str(uuid.UUID(bytes=self.throw_bytes(16), version=4))

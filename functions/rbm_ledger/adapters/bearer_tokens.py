"""Where the token of a call to the platform comes from."""

from typing import Protocol


class NoToken(Exception):
    """There is none now; the text is the kind of the error, and never what it says."""


class BearerTokens(Protocol):
    """`expired` is a token that the platform has just refused. Raises NoToken."""

    def current(self, expired: str = "") -> str: ...


class LoopbackTokens:
    """For a simulator on this machine, which wants a token but knows no identities."""

    def current(self, expired: str = "") -> str:  # noqa: ARG002
        return "loopback"

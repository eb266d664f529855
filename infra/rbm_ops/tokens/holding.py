"""Where the tokens are kept: in the secret, whose every change is a version, or in a file."""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from rbm_ledger.config import parse_client_tokens
from rbm_ops.environment import CouldNotLook
from rbm_ops.google_apis import GoogleApis, Refused
from rbm_ops.google_secrets import read_secret
from rbm_ops.local.addresses import CLIENT_TOKEN

TokensByWebhook = Mapping[str, tuple[str, ...]]


class NotHeld(Exception):
    """The tokens can't be read, or not written; the text has no token in it."""


class NotRead(NotHeld, CouldNotLook):
    """The tokens can't be read."""


@dataclass(frozen=True, slots=True)
class Held:
    """The tokens by webhook, newest first, as they are in this version of their holder."""

    version: str
    created_at: datetime
    tokens: TokensByWebhook = field(repr=False)


class Holder(Protocol):
    """Both raise NotHeld. `write` refuses where somebody else has written since `before` was read."""

    @property
    def name(self) -> str: ...

    def read(self) -> Held: ...

    def write(self, text: str, before: Held) -> None: ...


class SecretHolder:
    """The newest version of a secret counts."""

    def __init__(self, apis: GoogleApis, project: str, secret: str) -> None:
        self._apis = apis
        self._path = f"projects/{project}/secrets/{secret}"
        self.name = secret

    def read(self) -> Held:
        try:
            latest = self._apis.get("secrets", f"{self._path}/versions/latest")
            version = str(latest["name"]).rpartition("/")[2]
            text = read_secret(self._apis, self._path, version)
        except Refused as refusal:
            raise NotRead(f"The secret {self.name} can't be read: {refusal}") from None
        return Held(
            f"version {version}", datetime.fromisoformat(latest["createTime"]), _parse(text, self.name)
        )

    def write(self, text: str, before: Held) -> None:
        _refuse_if_changed(self, before)
        data = base64.b64encode(text.encode()).decode()
        try:
            self._apis.post("secrets", f"{self._path}:addVersion", {"payload": {"data": data}})
        except Refused as refusal:
            raise NotHeld(f"No version was added to {self.name}: {refusal}") from None


class FileHolder:
    """What RBM_CLIENT_TOKENS_FILE names: webhook reads it again when it changes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.name = str(file)

    def read(self) -> Held:
        try:
            text, found = self._file.read_text(), self._file.stat()
        except (OSError, UnicodeDecodeError) as error:
            raise NotRead(f"{self._file} can't be read: {type(error).__name__}") from None
        created_at = datetime.fromtimestamp(found.st_mtime, UTC)
        return Held(f"file of {found.st_mtime_ns}", created_at, _parse(text, self.name))

    def write(self, text: str, before: Held) -> None:
        """Whole or not at all, and for no other eyes than before."""
        _refuse_if_changed(self, before)
        try:
            file = self._file.resolve(strict=True)  # a link stays one
            partial = file.with_name(f".{file.name}.{os.getpid()}")
            mode = file.stat().st_mode & 0o777
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
                opened.write(text)
            partial.chmod(mode)
            partial.replace(file)
        except OSError as error:
            raise NotHeld(f"{self._file} can't be written: {error.strerror}") from None


class LocalHolder:
    """A local cloud has one token, for as long as it runs."""

    name = "the local cloud"

    def read(self) -> Held:
        return Held("fixed", datetime.now(UTC), {"": (CLIENT_TOKEN,)})

    def write(self, text: str, before: Held) -> None:  # noqa: ARG002
        raise NotHeld(
            "The local cloud has one token for as long as it runs. Name a file (--tokens-file, what "
            "RBM_CLIENT_TOKENS_FILE names) or a project (--project)."
        )


def _parse(text: str, name: str) -> TokensByWebhook:
    try:
        return {webhook: tuple(tokens) for webhook, tokens in parse_client_tokens(text).items()}
    except ValueError as error:
        raise NotRead(f"The value of {name} {error}.") from None


def _refuse_if_changed(holder: Holder, before: Held) -> None:
    if holder.read().version != before.version:
        raise NotHeld(f"{holder.name} was changed by somebody else just now. Look again: rbm tokens status")

"""One input changed into another, with an eye for what it is made of; the same for the same `random`."""

import base64
import json
from collections.abc import Callable
from enum import StrEnum
from random import Random
from typing import Any

from tests.functions.entrypoints.wire import PARTNER_TOKENS, TOKENS, sign
from tests.fuzz.tricks import BASE64_TRICKS, GUISES, NAMES, SIGNATURE_TRICKS, SPELLINGS, VALUES

MAX_BYTES = 64_000
_MARK = "\ue000mark\ue000"
_ALL_TOKENS = tuple(token for tokens in TOKENS.values() for token in tokens)
_PATHS = (b"", b"growing-tree-bank", b"nobody", b"../", b"%00", b"\xff", b"/" * 50, b"a" * 9000)


class Shape(StrEnum):
    """What an input is: JSON; JSON with more of it in base64; signature, path and such JSON; a text."""

    JSON = "json"
    ENVELOPE = "envelope"
    CALL = "call"
    TEXT = "text"


def mutate(data: bytes, other: bytes, shape: Shape, random: Random) -> bytes:
    """One change; `other` is a second input of the same shape, to take parts of."""
    return _MUTATIONS[shape](data, other, random)[:MAX_BYTES]


def split_call(data: bytes) -> tuple[str, str, bytes]:
    """Signature, name of the webhook, body; as a server reads the bytes of headers."""
    signature, _, rest = data.partition(b"\n")
    webhook, _, body = rest.partition(b"\n")
    return signature.decode("latin-1"), webhook.decode("latin-1"), body


def join_call(signature: str, webhook: str, body: bytes) -> bytes:
    return b"\n".join((signature.encode("latin-1", "replace"), webhook.encode("latin-1", "replace"), body))


def _mutate_bytes(data: bytes, other: bytes, random: Random) -> bytes:
    start, length = random.randrange(len(data) + 1), random.choice((0, 1, 1, 2, 4, 16, 200))
    end = start + length
    match random.randrange(7):
        case 0:
            return data[:start] + data[end:]
        case 1:
            return data[:start] + random.randbytes(length) + data[end:]
        case 2:
            return data[:end] + data[start:end] * random.choice((1, 2, 50)) + data[end:]
        case 3:
            return data[:start]
        case 4:
            place = random.randrange(len(other) + 1)
            return data[:start] + other[place : place + 4 * length] + data[end:]
        case 5:
            flipped = bytearray(data or b"\0")
            flipped[min(start, len(flipped) - 1)] ^= 1 << random.randrange(8)
            return bytes(flipped)
    return data[:start] + random.choice(SPELLINGS) + data[end:]


def _mutate_json(data: bytes, other: bytes, random: Random) -> bytes:
    choice = random.random()
    if choice < 0.08:
        return _mutate_bytes(data, other, random)
    if choice < 0.11:
        return random.choice(GUISES)(data)
    value = _parse(data)
    if not isinstance(value, dict | list):
        return _mutate_bytes(data, other, random)
    place, key = _pick_place(value, random)
    if choice < 0.2:
        return _spell(value, place, key, random)
    if choice < 0.3:
        return _repeat_member(value, place, key, random)
    _change(place, key, _parse(other), random)
    return _write(value, random)


def _change(place: Any, key: Any, other: Any, random: Random) -> None:
    """In its place: another value, none, a new name, a copy of something else or of itself."""
    match random.randrange(8):
        case 0:
            place.pop(key)
        case 1 if isinstance(place, dict):
            place[random.choice(NAMES)] = place.pop(key)
        case 2 if isinstance(place, dict):
            place[random.choice(NAMES)] = random.choice(VALUES)
        case 3 if isinstance(other, dict | list) and other:
            donor, donated = _pick_place(other, random)
            place[key] = donor[donated]
        case 4:
            place[key] = [place[key]] * random.choice((1, 2, 12))
        case 5:
            place[key] = {random.choice(NAMES): place[key]}
        case 6 if isinstance(place[key], str):
            place[key] = _change_text(place[key], random)
        case _:
            place[key] = random.choice(VALUES)


def _change_text(text: str, random: Random) -> str:
    start = random.randrange(len(text) + 1)
    odd = random.choice(VALUES)
    piece = odd if isinstance(odd, str) else chr(random.choice((0, 10, 127, 0xD800, 0xFFFF, 0x10FFFF, 0x301)))
    return random.choice((text[:start] + piece + text[start:], text[:start], text * 3, piece, text.upper()))


def _spell(value: Any, place: Any, key: Any, random: Random) -> bytes:
    """The value in this place as no encoder would write it."""
    place[key] = _MARK
    return _write(value, random, escaped=False).replace(f'"{_MARK}"'.encode(), random.choice(SPELLINGS))


def _repeat_member(value: Any, place: Any, key: Any, random: Random) -> bytes:
    """Twice the same name in one object, with two values."""
    if not isinstance(place, dict):
        return _spell(value, place, key, random)
    again = json.dumps({key: random.choice(VALUES)}).encode()[1:-1]
    original = json.dumps(place[key]).encode()
    place[key] = _MARK
    first, second = (original, again) if random.random() < 0.5 else (b"0", json.dumps(key).encode() + b":0")
    return _write(value, random, escaped=False).replace(f'"{_MARK}"'.encode(), first + b"," + second)


def _mutate_envelope(data: bytes, other: bytes, random: Random) -> bytes:
    """Outside, or within the base64 at message.data, or that base64 itself."""
    value = _parse(data)
    message = _find_message(value)
    if message is None or random.random() < 0.4:
        return _mutate_json(data, other, random)
    if random.random() < 0.15:
        message["data"] = random.choice(BASE64_TRICKS)(message["data"])
    else:
        inner = _find_message(_parse(other))
        payload = _mutate_json(_decode(message["data"]), _decode(inner["data"]) if inner else b"{}", random)
        message["data"] = base64.b64encode(payload).decode()
    return _write(value, random)


def _mutate_call(data: bytes, other: bytes, random: Random) -> bytes:
    signature, webhook, body = split_call(data)
    choice = random.random()
    if choice < 0.3:
        body = _mutate_envelope(body, split_call(other)[2], random)
    elif choice < 0.5:
        signature = random.choice(SIGNATURE_TRICKS)(signature)
    elif choice < 0.55:
        signature = split_call(other)[0]
    elif choice < 0.65:
        webhook = random.choice(_PATHS).decode("latin-1")
    elif choice < 0.7:
        return _mutate_bytes(data, other, random)
    else:  # whoever has a token may say what he likes
        body = _mutate_envelope(body, split_call(other)[2], random)
        message = _find_message(_parse(body))
        token = PARTNER_TOKENS[0] if random.random() < 0.8 else random.choice((*_ALL_TOKENS, "", "guess"))
        signature = sign(_decode(message["data"]), token) if message else signature
    return join_call(signature.replace("\n", ""), webhook, body)


def _mutate_text(data: bytes, other: bytes, random: Random) -> bytes:
    if random.random() < 0.4:
        return _mutate_bytes(data, other, random)
    return _change_text(data.decode(errors="replace"), random).encode(errors="surrogatepass")


_MUTATIONS: dict[Shape, Callable[[bytes, bytes, Random], bytes]] = {
    Shape.JSON: _mutate_json,
    Shape.ENVELOPE: _mutate_envelope,
    Shape.CALL: _mutate_call,
    Shape.TEXT: _mutate_text,
}


def _parse(data: bytes) -> Any:
    """None for what is no JSON any more."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _write(value: Any, random: Random, *, escaped: bool | None = None) -> bytes:
    escaped = random.random() < 0.7 if escaped is None else escaped
    try:
        return json.dumps(value, ensure_ascii=escaped).encode(errors="surrogatepass")
    except RecursionError:
        return b"[" * 5000


def _pick_place(value: Any, random: Random) -> tuple[Any, Any]:
    """An object or list within, and a key of it; a value that is empty gets a member first."""
    while True:
        if not value:
            value.update({"a": 0}) if isinstance(value, dict) else value.append(0)
        key = random.choice(list(value)) if isinstance(value, dict) else random.randrange(len(value))
        inner = value[key]
        if not isinstance(inner, dict | list) or random.random() < 0.3:
            return value, key
        value = inner


def _find_message(value: Any) -> Any:
    """The object with the base64 in an envelope, which a structured CloudEvent wraps once more."""
    for candidate in (value, value.get("data") if isinstance(value, dict) else None):
        message = candidate.get("message") if isinstance(candidate, dict) else None
        if isinstance(message, dict) and isinstance(message.get("data"), str):
            return message
    return None


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""

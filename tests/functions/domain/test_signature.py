"""Only Google, who knows the client token, can make the webhook believe a delivery."""

import base64
import json
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.functions.domain.strategies import HOSTILE_BYTES, garbage, texts
from tests.support.payloads import list_names, load_bytes, load_json

from rbm_ledger.domain.errors import MalformedDelivery
from rbm_ledger.domain.signature import (
    Delivery,
    Handshake,
    fingerprint_token,
    knows_token,
    match_token,
    parse_webhook_body,
    sign,
)

VECTORS = {vector["name"]: vector for vector in load_json("signature-vectors.json")}
TOKEN = "SJENCPGJESMGUFPY"

each_vector = pytest.mark.parametrize(
    ("payload", "signature", "token"),
    [
        pytest.param(
            base64.b64decode(vector["messageData"]), vector["xGoogSignature"], vector["clientToken"], id=name
        )
        for name, vector in VECTORS.items()
    ],
)


def flip_each_bit(data: bytes) -> Iterator[bytes]:
    for position in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[position // 8] ^= 1 << position % 8
        yield bytes(flipped)


def flip_each_bit_of_text(text: str) -> Iterator[str]:
    return (flipped.decode("latin-1") for flipped in flip_each_bit(text.encode("latin-1")))


@each_vector
def test_documented_signature_is_recognised(payload: bytes, signature: str, token: str) -> None:
    assert match_token(payload, signature, [token]) == 0
    assert sign(payload, token) == signature


@each_vector
def test_any_changed_bit_of_the_payload_breaks_the_signature(
    payload: bytes, signature: str, token: str
) -> None:
    believed = [
        changed for changed in flip_each_bit(payload) if match_token(changed, signature, [token]) is not None
    ]
    assert believed == []


@each_vector
def test_any_changed_bit_of_the_signature_text_breaks_it(payload: bytes, signature: str, token: str) -> None:
    believed = [
        changed
        for changed in flip_each_bit_of_text(signature)
        if match_token(payload, changed, [token]) is not None
    ]
    assert believed == []


@each_vector
def test_any_changed_bit_of_the_token_breaks_the_signature(
    payload: bytes, signature: str, token: str
) -> None:
    assert match_token(payload, signature, list(flip_each_bit_of_text(token))) is None


def test_signature_agrees_with_rfc_4231_test_case_2() -> None:
    expected = (
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
    )
    assert base64.b64decode(sign(b"what do ya want for nothing?", "Jefe")).hex() == expected


def test_signature_covers_the_exact_bytes_and_no_reserialisation() -> None:
    pretty, compact = VECTORS["user-event-read/pretty"], VECTORS["user-event-read/compact"]
    payload = base64.b64decode(pretty["messageData"])
    assert json.loads(payload) == json.loads(base64.b64decode(compact["messageData"]))
    assert match_token(payload, compact["xGoogSignature"], [TOKEN]) is None


@pytest.mark.parametrize(
    "spelling",
    [
        lambda signature: signature.rstrip("="),
        lambda signature: signature + "\n",
        lambda signature: " " + signature,
        lambda signature: signature.lower(),
        lambda signature: signature.replace("+", "-").replace("/", "_"),
        lambda signature: base64.b64decode(signature).hex(),
        lambda signature: "sha512=" + signature,
        lambda _: "",
    ],
)
def test_other_spelling_of_a_true_signature_is_refused(spelling) -> None:  # type: ignore[no-untyped-def]
    signature = VECTORS["utf8-text"]["xGoogSignature"]
    payload = base64.b64decode(VECTORS["utf8-text"]["messageData"])
    assert spelling(signature) != signature or "+" not in signature
    assert match_token(payload, spelling(signature), [TOKEN]) is None


def test_token_is_used_as_text_even_where_it_looks_like_base64() -> None:
    token = base64.b64encode(b"growing-tree-bank").decode()
    assert match_token(b"{}", sign(b"{}", token), ["growing-tree-bank"]) is None
    assert match_token(b"{}", sign(b"{}", token), [token]) == 0


@pytest.mark.parametrize("index", [0, 1, 2])
def test_several_active_tokens_the_one_that_signed_is_named(index: int) -> None:
    tokens = ["OLD", "CURRENT", "NEXT"]
    assert match_token(b"payload", sign(b"payload", tokens[index]), tokens) == index


def test_token_that_is_no_longer_active_matches_nothing() -> None:
    assert match_token(b"payload", sign(b"payload", "RETIRED"), ["CURRENT", "NEXT"]) is None


@pytest.mark.parametrize("tokens", [[], [""], ["", ""]])
def test_no_token_or_an_empty_one_believes_nobody(tokens: list[str]) -> None:
    assert match_token(b"payload", sign(b"payload", ""), tokens) is None
    assert not knows_token(Handshake("", "secret"), tokens)


def test_empty_token_beside_a_true_one_is_passed_over() -> None:
    assert match_token(b"payload", sign(b"payload", TOKEN), ["", TOKEN]) == 1
    assert match_token(b"payload", sign(b"payload", ""), ["", TOKEN]) is None


@given(payload=st.binary(max_size=64), signature=texts, token=texts)
@example(payload=b"", signature="\ud800", token="\udfff")
def test_any_texts_get_a_verdict(payload: bytes, signature: str, token: str) -> None:
    assert match_token(payload, signature, [token]) is None


@given(payload=st.binary(max_size=200), token=texts.filter(bool), other=st.binary(max_size=200))
def test_own_signature_is_believed_for_these_bytes_alone(payload: bytes, token: str, other: bytes) -> None:
    signature = sign(payload, token)
    assert match_token(payload, signature, [token]) == 0
    assert match_token(other, signature, [token]) == (0 if other == payload else None)


def test_handshake_is_known_by_any_active_token_and_no_other() -> None:
    handshake = parse_webhook_body(load_bytes("webhook-bodies/handshake.json"))
    assert handshake == Handshake(TOKEN, "1234567890")
    assert knows_token(handshake, ["OTHER", TOKEN])
    assert not knows_token(handshake, ["OTHER", TOKEN.lower(), TOKEN[:-1], TOKEN + "A"])


@given(claimed=texts, token=texts.filter(bool))
def test_any_claimed_token_gets_a_verdict(claimed: str, token: str) -> None:
    assert knows_token(Handshake(claimed, ""), [token]) == (claimed == token)


@pytest.mark.parametrize(
    "name", [name for name in list_names("webhook-bodies") if name.startswith("envelope")]
)
def test_delivery_is_the_decoded_bytes_of_message_data(name: str) -> None:
    body = load_bytes(f"webhook-bodies/{name}")
    assert parse_webhook_body(body) == Delivery(base64.b64decode(json.loads(body)["message"]["data"]))


def test_body_with_both_is_a_delivery_so_that_it_needs_a_signature() -> None:
    body = json.dumps({"clientToken": TOKEN, "secret": "s", "message": {"data": "e30="}}).encode()
    assert parse_webhook_body(body) == Delivery(b"{}")


def test_empty_data_is_a_delivery_of_no_bytes() -> None:
    assert parse_webhook_body(b'{"message": {"data": ""}}') == Delivery(b"")


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"message": null}',
        b'{"message": "e30="}',
        b'{"message": {}}',
        b'{"message": {"data": null}}',
        b'{"message": {"data": {"a": 1}}}',
        b'{"message": {"data": "e30"}}',
        b'{"message": {"data": "e3 0="}}',
        b'{"message": {"data": "e30=\\n"}}',
        b'{"message": {"data": "-_-_"}}',
        '{"message": {"data": "é30="}}'.encode(),
        b'{"message": {"data": "\\ud800"}}',
        b'{"clientToken": "SJENCPGJESMGUFPY"}',
        b'{"secret": "1234567890"}',
        b'{"clientToken": 1, "secret": "1234567890"}',
        b'{"clientToken": "SJENCPGJESMGUFPY", "secret": 1234567890}',
    ],
)
def test_body_that_is_neither_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedDelivery):
        parse_webhook_body(body)


@pytest.mark.parametrize("body", HOSTILE_BYTES.values(), ids=HOSTILE_BYTES)
def test_hostile_body_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedDelivery):
        parse_webhook_body(body)


@given(garbage | st.builds(lambda data: json.dumps({"message": {"data": data}}).encode(), texts))
def test_any_body_is_read_or_malformed(body: bytes) -> None:
    try:
        found: object = parse_webhook_body(body)
    except MalformedDelivery as error:
        found = error
    assert isinstance(found, Handshake | Delivery | MalformedDelivery)


@given(st.binary(max_size=300))
def test_any_payload_survives_the_envelope(payload: bytes) -> None:
    body = json.dumps({"message": {"data": base64.b64encode(payload).decode()}}).encode()
    assert parse_webhook_body(body) == Delivery(payload)


def test_handshake_whose_secret_no_answer_can_carry_is_malformed() -> None:
    with pytest.raises(MalformedDelivery):
        parse_webhook_body(rb'{"clientToken": "T", "secret": "\ud800"}')


# Fingerprints


def test_fingerprint_names_a_token_and_does_not_hold_it() -> None:
    fingerprint = fingerprint_token(TOKEN)
    assert len(fingerprint) == 8
    assert fingerprint == fingerprint_token(TOKEN) != fingerprint_token(f"{TOKEN}2")
    assert fingerprint.upper() not in TOKEN


@given(texts)
def test_any_token_has_a_fingerprint(token: str) -> None:
    assert int(fingerprint_token(token), 16) < 2**32

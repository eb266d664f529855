"""A suggestion that knows its message."""

import copy
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.builders import MESSAGE
from tests.functions.domain.strategies import texts

from rbm_ledger.domain.postbacks import unwrap_postback, wrap_postbacks

ENVELOPE = "rbm1:Wzt_DoxeTAqfDipvHWt8EQ:"


def suggestions(*postbacks: str) -> list[dict[str, Any]]:
    return [{"reply": {"text": "Yes", "postbackData": postback}} for postback in postbacks]


@given(st.uuids(), texts)
def test_tap_comes_back_with_its_message_and_the_callers_own_text(message_id: uuid.UUID, own: str) -> None:
    wrapped = wrap_postbacks({"reply": {"postbackData": own}}, str(message_id))
    assert unwrap_postback(wrapped["reply"]["postbackData"]) == (str(message_id), own)


def test_every_suggestion_of_a_carousel_is_wrapped_and_nothing_else() -> None:
    cards = [
        {"title": "postbackData", "suggestions": suggestions("a", "b")},
        {"suggestions": suggestions("c")},
    ]
    action = {"action": {"text": "Call", "postbackData": "d", "dialAction": {"phoneNumber": "+1"}}}
    content = {"richCard": {"carouselCard": {"cardContents": cards}}, "suggestions": [action], "text": "x"}
    before = copy.deepcopy(content)
    wrapped = wrap_postbacks(content, MESSAGE)
    assert content == before
    assert str(wrapped).count(ENVELOPE) == 4
    assert str(wrapped).replace(ENVELOPE, "") == str(before)


@pytest.mark.parametrize(
    "postback",
    [
        "",
        "reply:yes",
        "rbm1:",
        "rbm1::yes",
        "rbm1:short:yes",
        ENVELOPE[:-1],
        ENVELOPE.replace("rbm1", "rbm2") + "yes",
        "rbm1:Wzt_DoxeTAqfDipvHWt8EF:yes",
        "rbm1:Wzt_DoxeTAqfDipvHWt8E\u0661:yes",
        " " + ENVELOPE,
    ],
)
def test_text_without_our_envelope_is_the_callers_own(postback: str) -> None:
    assert unwrap_postback(postback) == (None, postback)


@given(texts | texts.map(lambda text: f"rbm1:{text}:x"))
def test_whatever_comes_back_is_read(postback: str) -> None:
    message_id, own = unwrap_postback(postback)
    assert postback.endswith(own)
    assert message_id is None or str(uuid.UUID(message_id)) == message_id


def test_envelope_takes_28_characters() -> None:
    assert len(ENVELOPE) == 28
    wrapped = wrap_postbacks({"action": {}}, MESSAGE)
    assert wrapped["action"]["postbackData"] == ENVELOPE

"""One request for many: what each recipient gets, and every fault of any of them."""

import json
from typing import Any

import pytest
from tests.functions.domain.builders import AGENT, ORIGIN, PHONE, refuse
from tests.support.payloads import request_bytes

from rbm_ledger.domain.bulk import MAX_RECIPIENTS, BulkRequest
from rbm_ledger.domain.checks import MAX_FAULTS
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.parsing import parse_request

ANNA, BEN = "+14155550101", "+14155550102"
TEMPLATE = {
    "text": "Hello {{name}}, {{ count }} items",
    "suggestions": [{"reply": {"text": "Yes", "postbackData": "yes/{{name}}"}}],
}
RECIPIENTS: list[dict[str, Any]] = [
    {"phoneNumber": ANNA, "values": {"name": "Anna", "count": 2}, "clientReference": "a"},
    {"phoneNumber": BEN, "values": {"name": "Ben", "count": "3"}, "labels": {"arm": "b"}},
]


def bulk_bytes(**changes: Any) -> bytes:
    fields: dict[str, Any] = {
        "agentId": AGENT,
        "phoneNumber": None,
        "idempotencyKey": "spring/1",
        "contentMessage": TEMPLATE,
        "recipients": RECIPIENTS,
        "labels": {"campaign": "spring"},
    }
    return request_bytes(**{**fields, **changes})


def split(data: bytes) -> BulkRequest:
    request = parse_request(data, ORIGIN)
    assert isinstance(request, BulkRequest)
    return request


def fault_texts(**changes: Any) -> list[str]:
    return [str(fault) for fault in refuse(bulk_bytes(**changes)).faults]


def test_each_recipient_gets_a_request_of_its_own() -> None:
    anna, ben = split(bulk_bytes(ttl="60s")).requests
    assert (anna.phone_number, ben.phone_number) == (ANNA, BEN)
    assert anna.agent_message["contentMessage"] == {
        "text": "Hello Anna, 2 items",
        "suggestions": [{"reply": {"text": "Yes", "postbackData": "yes/Anna"}}],
    }
    assert ben.agent_message["contentMessage"]["text"] == "Hello Ben, 3 items"
    assert (anna.sender.client_reference, anna.sender.labels) == ("a", {"campaign": "spring"})
    assert (ben.sender.client_reference, ben.sender.labels) == ("", {"arm": "b"})


def test_id_follows_from_the_key_and_the_number_on_every_repeat_and_in_any_company() -> None:
    anna, ben = split(bulk_bytes()).requests
    assert anna.message_id == derive_message_id(AGENT, f"spring/1/{ANNA}")
    assert [again.message_id for again in split(bulk_bytes(recipients=RECIPIENTS[::-1])).requests] == [
        ben.message_id,
        anna.message_id,
    ]
    keyless = split(bulk_bytes(idempotencyKey=None)).requests[0]
    assert keyless.message_id == derive_message_id(AGENT, f"{ORIGIN.fallback_key}/{ANNA}")


def test_part_is_the_same_request_as_json() -> None:
    bulk = split(bulk_bytes(source="campaigns", trackTaps=True))
    assert [parse_request(part, ORIGIN) for part in bulk.parts] == list(bulk.requests)


def test_fallback_has_the_recipients_values_too() -> None:
    fallback = {"on": ["unreachable"], "payload": {"sms": "Hi {{name}}"}}
    anna, _ = split(bulk_bytes(fallback=fallback)).requests
    assert anna.fallback is not None
    assert anna.fallback.payload == {"sms": "Hi Anna"}


def test_braces_in_a_value_are_left_as_they_are() -> None:
    recipients = [{"phoneNumber": ANNA, "values": {"name": "{{count}}", "count": 1}}]
    assert split(bulk_bytes(recipients=recipients)).requests[0].agent_message["contentMessage"]["text"] == (
        "Hello {{count}}, 1 items"
    )


def test_braces_mean_nothing_in_a_request_to_one() -> None:
    request = parse_request(request_bytes(contentMessage={"text": "{{name}}"}), ORIGIN)
    assert not isinstance(request, BulkRequest)
    assert request.agent_message["contentMessage"] == {"text": "{{name}}"}


def test_missing_value_is_named_by_recipient_and_name() -> None:
    recipients = [RECIPIENTS[0], {"phoneNumber": BEN, "values": {"count": 1}}]
    assert fault_texts(recipients=recipients) == [
        "recipients[1].values.name: is missing: a text has a place for it"
    ]


@pytest.mark.parametrize("value", [True, None, ["a"], {}])
def test_value_that_is_no_text_or_number_is_a_fault(value: object) -> None:
    recipients = [{"phoneNumber": ANNA, "values": {"name": value, "count": 1}}]
    assert fault_texts(recipients=recipients) == ["recipients[0].values.name: must be a text or a number"]


def test_limit_that_only_one_recipient_breaks_is_named_with_it() -> None:
    recipients = [RECIPIENTS[0], {"phoneNumber": BEN, "values": {"name": "x" * 3072, "count": 1}}]
    texts = fault_texts(recipients=recipients)
    assert [text.split(": has")[0] for text in texts] == [
        "recipients[1]: contentMessage.text",
        "recipients[1]: contentMessage.suggestions[0].reply.postbackData",
    ]


def test_fault_of_the_common_part_is_named_once() -> None:
    assert fault_texts(ttl="soon", messageTrafficType="SPAM") == [
        "messageTrafficType: must be one of AUTHENTICATION, TRANSACTION, PROMOTION, SERVICEREQUEST, "
        "ACKNOWLEDGEMENT, MESSAGE_TRAFFIC_TYPE_UNSPECIFIED",
        'ttl: must be seconds like "600s" or "3.5s"',
    ]


WRONG: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nobody": ({"recipients": []}, ["recipients: has 0 entries, 1 to 1000 are allowed"]),
    "no list": ({"recipients": {}}, ["recipients: must be a list"]),
    "no objects": ({"recipients": [PHONE]}, ["recipients[0]: must be an object"]),
    "no number": ({"recipients": [{}]}, ["recipients[0].phoneNumber: is missing"]),
    "the same number twice": (
        {"recipients": [RECIPIENTS[0], RECIPIENTS[1], RECIPIENTS[0]]},
        ["recipients[2].phoneNumber: is that of recipients[0]"],
    ),
    "a stray member": (
        {"recipients": [{**RECIPIENTS[0], "ttl": "1s"}]},
        [
            "recipients[0].ttl: is no field of this object, which has phoneNumber, values, "
            "clientReference, labels"
        ],
    ),
    "a number for all": ({"phoneNumber": PHONE}, ["has phoneNumber and recipients, at most one is allowed"]),
    "an id for all": (
        {"messageId": "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11", "idempotencyKey": None},
        ["messageId: names one message; recipients need an idempotencyKey"],
    ),
    "another kind": (
        {"contentMessage": None, "capability": {}},
        ["recipients: has no meaning beside capability"],
    ),
    "no agent": ({"agentId": None}, ["agentId: is missing"]),
    "an agent that is none": (
        {"agentId": 7, "contentMessage": {"text": "Hi"}},
        ["agentId: must be a text"],
    ),
}


@pytest.mark.parametrize(("changes", "texts"), WRONG.values(), ids=WRONG)
def test_fault_of_a_bulk_request_is_named(changes: dict[str, Any], texts: list[str]) -> None:
    assert fault_texts(**changes) == texts
    claim = refuse(bulk_bytes(**changes)).claim
    assert (claim.agent_id if claim else None) == (None if "agentId" in changes else AGENT)


def number(index: int) -> str:
    return f"+1415{5_550_000 + index}"


def test_thousand_recipients_pass_and_no_more() -> None:
    recipients = [{"phoneNumber": number(index)} for index in range(MAX_RECIPIENTS)]
    content = {"text": "Hello"}
    bulk = split(bulk_bytes(contentMessage=content, recipients=recipients))
    assert len({request.message_id for request in bulk.requests}) == len(bulk.parts) == 1000
    more = [*recipients, {"phoneNumber": number(MAX_RECIPIENTS)}]
    assert fault_texts(contentMessage=content, recipients=more) == [
        "recipients: has 1001 entries, 1 to 1000 are allowed"
    ]


def test_faults_of_a_thousand_recipients_are_bounded() -> None:
    recipients = [{"phoneNumber": number(index)} for index in range(MAX_RECIPIENTS)]
    assert len(refuse(bulk_bytes(recipients=recipients)).faults) == MAX_FAULTS


def test_values_that_multiply_are_refused_before_they_are_put_in() -> None:
    recipients = [{"phoneNumber": ANNA, "values": {"name": "x" * 1_000_000}}]
    [fault] = fault_texts(contentMessage={"text": "{{name}}" * 100_000}, recipients=recipients)
    assert fault.startswith("recipients: make ")


def test_content_that_is_too_much_for_so_many_is_refused() -> None:
    recipients = [{"phoneNumber": number(index)} for index in range(MAX_RECIPIENTS)]
    content = {"text": "Hello", "unknown": "x" * 100_000}
    [fault] = fault_texts(contentMessage=content, recipients=recipients)
    assert fault.startswith("recipients: make ")
    assert len(split(bulk_bytes(contentMessage=content, recipients=recipients[:100])).parts) == 100


def test_validated_only_is_said_of_all() -> None:
    assert split(bulk_bytes(validateOnly=True)).is_validated_only
    assert json.loads(split(bulk_bytes(validateOnly=True)).parts[0])["validateOnly"] is True

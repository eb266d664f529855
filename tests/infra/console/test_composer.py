"""Requests of a person: judged as `send` judges them, published as other services publish them."""

import json
import uuid
from typing import Any

import pytest
from tests.infra.console.page import ConsolePage
from tests.infra.console.publishing import pull
from tests.support.payloads import list_names, request_fields

from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ops.local.addresses import Addresses

# Checking


@pytest.mark.parametrize("name", [name.removesuffix(".json") for name in list_names("agent_messages")])
async def test_every_template_is_without_fault(console: ConsolePage, name: str) -> None:
    templates = {
        template["name"]: template for template in (await console.get("/api/templates")).body["templates"]
    }
    request = {"agentId": "a", "phoneNumber": "+14155550101", **templates[name]["body"]}
    checked = (await console.post("/api/check", request)).body["faults"]
    assert [fault for fault in checked if fault["path"] != "expireTime"] == []
    assert templates[name]["title"][0].isupper()


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, []),
        ({"agentId": None}, [{"path": "agentId", "problem": "is missing"}]),
        (
            {"contentMessage": {"text": "x" * 3073}},
            [
                {
                    "path": "contentMessage.text",
                    "problem": "has 3073 characters, at most 3072 are allowed",
                }
            ],
        ),
    ],
)
async def test_faults_are_those_that_send_names(
    console: ConsolePage, changes: dict[str, Any], faults: list[Any]
) -> None:
    checked = await console.post("/api/check", request_fields(**changes))
    assert checked.body == {"faults": faults}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
async def test_what_is_no_object_is_a_fault_and_is_not_published(console: ConsolePage, body: bytes) -> None:
    checked = await console.call("POST", "/api/check", data=body)
    assert (checked.status, len(checked.body["faults"])) == (200, 1)
    assert (await console.call("POST", "/api/send", data=body)).status == 400


# Sending


async def test_request_is_published_as_it_came_with_the_id_that_send_gives(
    console: ConsolePage, addresses: Addresses
) -> None:
    own, message_id = str(uuid.uuid4()), str(uuid.uuid4())
    by_key = request_fields(idempotencyKey=own)
    by_id = request_fields(messageId=message_id)
    by_delivery = request_fields()
    answers = [(await console.post("/api/send", request)).body for request in (by_key, by_id, by_delivery)]
    published = await pull(addresses, "rbm-send-requests-send", 3)
    assert [json.loads(message.data) for message in published] == [by_key, by_id, by_delivery]
    assert [answer["messageId"] for answer in answers] == [
        derive_message_id(by_key["agentId"], own),
        message_id,
        derive_message_id(by_delivery["agentId"], published[2].message_id),
    ]


async def test_request_that_can_never_succeed_is_published_too(
    console: ConsolePage, addresses: Addresses
) -> None:
    key = str(uuid.uuid4())
    named = await console.post("/api/send", {"agentId": "a", "idempotencyKey": key})
    nameless = await console.post("/api/send", {"any": "object"})
    assert (named.status, named.body) == (200, {"messageId": derive_message_id("a", key)})
    assert (nameless.status, nameless.body) == (200, {"messageId": None})
    assert len(await pull(addresses, "rbm-send-requests-send", 2)) == 2

"""Phones: read, changed, and held in a hand."""

import pytest

US_NUMBER, NUMBER = "+14155550107", "+4915155501234"
AGENT_ID = "growing-tree-bank"


async def test_phone_is_what_its_number_makes_it(control) -> None:
    _, phone = await control("GET", f"phones/{US_NUMBER}")
    assert phone == {
        "phoneNumber": US_NUMBER,
        "script": "0107",
        "hasRcs": True,
        "isOnline": True,
        "sendsReadReceipts": True,
        "missingFeatures": [],
        "carrier": "T-Mobile",
    }


@pytest.mark.parametrize(
    ("number", "difference"),
    [
        ("+4915155500103", {"isOnline": False}),
        ("+4915155500104", {"hasRcs": False}),
        (NUMBER, {"script": "ordinary", "carrier": ""}),
    ],
)
async def test_number_of_another_ending_is_another_phone(control, number: str, difference: dict) -> None:
    _, phone = await control("GET", f"phones/{number}")
    assert difference.items() <= phone.items()


async def test_phones_are_listed_once_they_are_used(control, business) -> None:
    await control("GET", "phones/+14155550101")
    assert await control("GET", "phones") == (200, {"phones": []})
    await business.create(US_NUMBER)
    await control("PATCH", f"phones/{NUMBER}", {"isOnline": False})
    _, listed = await control("GET", "phones")
    assert [phone["phoneNumber"] for phone in listed["phones"]] == [NUMBER, US_NUMBER]
    _, listed = await control("GET", "phones", limit="1")
    assert [phone["phoneNumber"] for phone in listed["phones"]] == [NUMBER]


@pytest.mark.parametrize(
    "change",
    [
        {"script": "hand"},
        {"hasRcs": False},
        {"isOnline": False},
        {"sendsReadReceipts": False},
        {"missingFeatures": ["ACTION_DIAL", "RICHCARD_CAROUSEL"]},
        {"carrier": "Verizon"},
    ],
)
async def test_change_changes_that_and_nothing_else(control, change: dict) -> None:
    _, before = await control("GET", f"phones/{NUMBER}")
    _, changed = await control("PATCH", f"phones/{NUMBER}", change)
    assert changed == before | change
    assert await control("GET", f"phones/{NUMBER}") == (200, changed)


async def test_own_script_is_shown_and_followed(control, business, simulator, webhook) -> None:
    script = {"steps": [{"event": "DELIVERED", "afterSeconds": 5}, {"event": "text", "content": "Hm."}]}
    _, phone = await control("PATCH", f"phones/{NUMBER}", {"script": script})
    assert [step["event"] for step in phone["script"]["steps"]] == ["DELIVERED", "text"]
    await business.create(NUMBER)
    await simulator.advance(4)
    assert webhook.kinds == []
    await simulator.advance(10)
    assert [event.get("text") for event in webhook.events] == [None, "Hm."]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"script": "0199"}, "there is no script '0199'"),
        ({"missingFeatures": ["CARDS"]}, "there is no feature 'CARDS'"),
        ({"script": {"steps": [{"event": "text", "content": 1}]}}, "$.script.steps[0]"),
        ({"script": {"steps": [{"event": "READ", "copies": 0}]}}, "$.script.steps[0].copies"),
        ({"script": {"steps": [{"event": "READ", "afterSeconds": 1e12}]}}, "$.script.steps[0].afterSeconds"),
        ({"isOnline": "no"}, "$.isOnline"),
        ({"online": False}, "online"),
    ],
)
async def test_impossible_change_is_refused_and_changes_nothing(control, refusal, change, fault) -> None:
    status, message = await refusal("PATCH", f"phones/{NUMBER}", {"carrier": "Verizon", **change})
    assert status == "INVALID_ARGUMENT"
    assert fault in message
    _, phone = await control("GET", f"phones/{NUMBER}")
    assert (phone["script"], phone["carrier"]) == ("ordinary", "")


@pytest.mark.parametrize("number", ["4915155501234", "+0915155501234", "+49", "+4915155501234%0A", "x"])
async def test_what_is_no_number_is_no_phone(refusal, number: str) -> None:
    status, message = await refusal("GET", f"phones/{number}")
    assert (status, message.endswith("$.phone`")) == ("INVALID_ARGUMENT", True)


@pytest.mark.parametrize("member", ["isOnline", "hasRcs"])
async def test_phone_in_reach_again_gets_what_waited(control, business, simulator, webhook, member) -> None:
    await control("PATCH", f"phones/{NUMBER}", {"script": "0101"})
    await business.create(NUMBER)
    await control("PATCH", f"phones/{NUMBER}", {member: False})
    await simulator.advance(3600)
    assert webhook.kinds == []
    await control("PATCH", f"phones/{NUMBER}", {"carrier": "O2"})
    await simulator.advance(3600)
    assert webhook.kinds == []
    await control("PATCH", f"phones/{NUMBER}", {member: True})
    await simulator.advance(3600)
    assert webhook.kinds == ["DELIVERED", "READ"]


async def test_change_is_told_to_who_listens(control, simulator) -> None:
    listener = simulator.simulation.broadcast.listen()
    await control("PATCH", f"phones/{NUMBER}", {"isOnline": False})
    assert listener.get_nowait() == ("phone", {"phoneNumber": NUMBER})

"""The clock, the settings, and the way back to the start."""

from datetime import UTC, datetime

import pytest

from rbm_ops.simulator.changes import AgentChange, PhoneChange
from rbm_ops.simulator.clock import ClockMode

NUMBER = "+4915155501234"
AGENT_ID = "growing-tree-bank"


async def test_simulator_is_healthy(business) -> None:
    assert await business.call("GET", "/healthz") == (200, {"status": "ok"})


async def test_advanced_clock_has_done_what_was_due(control, business, webhook) -> None:
    await business.create("+14155550101")
    _, clock = await control("GET", "clock")
    assert clock == {"mode": "stepped", "now": "2026-11-22T10:00:00.000000Z", "scale": 0.0, "timers": 1}
    status, clock = await control("POST", "clock/advance", {"seconds": 604800})
    assert (status, clock["now"], clock["timers"]) == (200, "2026-11-29T10:00:00.000000Z", 0)
    assert webhook.kinds == ["DELIVERED", "READ"]


@pytest.mark.parametrize(
    ("mode", "scale", "told"), [(ClockMode.REAL, 1.0, "real"), (ClockMode.SCALED, 60.0, "scaled")]
)
async def test_running_clock_is_not_advanced(simulate, mode: ClockMode, scale: float, told: str) -> None:
    async with simulate(clock=mode, clock_scale=scale) as (_, business):
        clock = await business.read_control("clock")
        assert (clock["mode"], clock["scale"], clock["timers"]) == (told, scale, None)
        status, answer = await business.call("POST", "/control/clock/advance", json={"seconds": 1})
        assert (status, answer["error"]["status"]) == (400, "FAILED_PRECONDITION")


@pytest.mark.parametrize("seconds", [-1, "1", 1e300, None])
async def test_impossible_advance_is_refused(refusal, seconds: object) -> None:
    status, message = await refusal("POST", "clock/advance", {"seconds": seconds})
    assert (status, "$.seconds" in message) == ("INVALID_ARGUMENT", True)


async def test_clock_stops_before_the_year_10000(simulate) -> None:
    async with simulate(clock_start=datetime(9999, 12, 31, tzinfo=UTC)) as (_, business):
        status, answer = await business.call("POST", "/control/clock/advance", json={"seconds": 86400})
        assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")


async def test_settings_are_those_of_the_start_but_for_the_token(control, webhook) -> None:
    _, settings = await control("GET", "settings")
    assert (settings["seed"], settings["clock"], settings["webhookUrl"]) == (1, "stepped", webhook.url)
    assert settings["clientToken"] == ""
    assert settings["choices"]["reusedIdStatus"] == 200
    assert settings["retry"]["keptSeconds"] == 604800


async def test_reset_forgets_what_has_happened(control, business, simulator, webhook) -> None:
    webhook.statuses = [500]
    await business.create("+14155550101")
    await simulator.advance(0.3)
    await control("PATCH", f"phones/{NUMBER}", {"isOnline": False})
    await control("PUT", "disturbances", {"dropNext": 1})
    await control("POST", "reset")
    for what in ("phones", "conversations", "messages"):
        assert await control("GET", what) == (200, {what: []})
    assert await control("GET", "wire") == (200, {"records": [], "last": 0})
    _, counts = await control("GET", "callbacks")
    assert counts == {"pending": 0, "acknowledged": 0, "failedAttempts": 0, "dropped": 0, "waiting": []}
    assert (await control("GET", "disturbances"))[1]["dropNext"] == 0
    assert (await control("GET", f"phones/{NUMBER}"))[1]["isOnline"]


async def test_nothing_of_before_happens_after_a_reset(control, business, simulator, webhook) -> None:
    await control("PATCH", f"phones/{NUMBER}", {"isOnline": False})
    await business.create(NUMBER)
    await simulator.advance(60)
    await business.create("+14155550101")
    await control("PUT", "disturbances", {"delaySeconds": 60})
    await control("POST", "callbacks", {"event": {"eventType": "DELIVERED"}})
    await control("POST", "reset")
    await control("PATCH", f"phones/{NUMBER}", {"isOnline": True})
    await simulator.advance(40 * 24 * 3600)
    assert webhook.requests == []


async def test_callback_under_way_is_forgotten_by_a_reset(control, simulator, webhook) -> None:
    webhook.statuses = [500]
    webhook.release.clear()
    await control("POST", "callbacks", {"event": {"eventType": "DELIVERED"}})
    await webhook.wait_for_calls(1)
    await control("POST", "reset")
    webhook.release.set()
    await simulator.advance(3600)
    assert len(webhook.requests) == 1
    assert await control("GET", "wire") == (200, {"records": [], "last": 0})
    _, counts = await control("GET", "callbacks")
    assert counts == {"pending": 0, "acknowledged": 0, "failedAttempts": 0, "dropped": 0, "waiting": []}


async def test_reset_leaves_no_timer_of_a_message(control, business) -> None:
    await business.create("+14155550101")
    assert (await control("GET", "clock"))[1]["timers"] == 1
    assert (await control("POST", "reset"))[1]["timers"] == 0


async def test_create_that_waits_for_its_phone_is_answered_at_a_reset(control, business) -> None:
    create = await business.start_create("+14155550105")
    await control("POST", "reset")
    status, _ = await create
    assert status == 200


async def test_words_after_a_reset_have_ids_of_their_own(control) -> None:
    ids = set()
    for _ in range(2):
        action = {"kind": "text", "agentId": AGENT_ID, "text": "Hi"}
        _, answer = await control("POST", f"phones/{NUMBER}/actions", action)
        ids.add(answer["events"][0]["messageId"])
        await control("POST", "reset")
    assert len(ids) == 2


async def test_reset_leaves_agents_and_webhooks_alone(control, webhook) -> None:
    _, agent = await control("PATCH", f"agents/{AGENT_ID}", {"displayName": "Bank"})
    await control("PUT", f"webhooks/agents/{AGENT_ID}", {"url": webhook.url, "clientToken": "T"})
    await control("POST", "reset")
    assert await control("GET", "agents") == (200, {"agents": [agent]})
    assert len((await control("GET", "webhooks"))[1]["webhooks"]) == 2


async def test_reset_of_everything_leads_back_to_the_start(simulate, webhook) -> None:
    agents = {AGENT_ID: AgentChange(display_name="Bank")}
    async with simulate(agents=agents, phones={NUMBER: PhoneChange(script="hand")}) as (_, business):
        before = [await business.read_control(what) for what in ("agents", "phones", "webhooks")]
        assert before[0]["agents"][0]["displayName"] == "Bank"
        assert before[1]["phones"][0]["script"] == "hand"
        await business.call("PATCH", "/control/agents/other", json={"displayName": "X"})
        await business.call("PATCH", f"/control/agents/{AGENT_ID}", json={"displayName": "X"})
        await business.call("PATCH", f"/control/phones/{NUMBER}", json={"script": "0101"})
        await business.call(
            "PUT", "/control/webhooks/agents/other", json={"url": webhook.url, "clientToken": "T"}
        )
        await business.call("POST", "/control/client-token", json={"clientToken": "X"})
        status, _ = await business.call("POST", "/control/reset", params={"everything": "true"})
        assert status == 200
        assert [await business.read_control(what) for what in ("agents", "phones", "webhooks")] == before

"""What the documentation says of callbacks beyond their content: keys, replays, waits, whose webhook."""

import base64
import hashlib
import hmac
import itertools
from datetime import datetime, timedelta

import pytest
from tests.infra.simulator.conftest import AGENT_ID, serve_webhook
from tests.support.payloads import load_json

from rbm_ops.simulator.agents import LaunchState

EVENT = load_json("decoded-events/user-message-text.json")


@pytest.mark.parametrize("token", ["SJENCPGJESMGUFPY", "c2VjcmV0", "Schlüssel 🌳", "0"])
async def test_any_token_is_a_key_as_it_is_written(simulate, webhook, token: str) -> None:
    async with simulate(client_token=token) as (simulator, _):
        simulator.simulation.callbacks.post(EVENT)
        await simulator.advance(1)
    (payload,) = webhook.payloads
    digest = hmac.digest(token.encode("utf-8"), payload, hashlib.sha512)
    assert base64.b64decode(webhook.requests[0]["headers"]["X-Goog-Signature"], validate=True) == digest


async def test_same_event_has_the_same_signature_at_another_time(simulator, webhook) -> None:
    simulator.simulation.callbacks.post(EVENT)
    await simulator.advance(24 * 3600)
    simulator.simulation.callbacks.post(EVENT)
    await simulator.advance(1)
    first, second = webhook.requests
    assert first["headers"]["X-Goog-Signature"] == second["headers"]["X-Goog-Signature"]
    assert first["body"]["message"]["publishTime"] != second["body"]["message"]["publishTime"]


async def test_waits_between_attempts_grow_up_to_600_seconds(simulator, webhook) -> None:
    webhook.statuses = [503] * 20
    simulator.simulation.callbacks.post(EVENT)
    await simulator.advance(24 * 3600)
    calls = [record for record in simulator.simulation.wire.list_after(0, 50) if record["kind"] == "callback"]
    times = [datetime.fromisoformat(record["time"]) for record in calls]
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert waits == sorted(waits)
    assert waits[0] < waits[1]
    assert (len(waits), waits[-1]) == (20, timedelta(seconds=600))


async def test_launch_event_goes_where_the_agents_other_callbacks_go(simulator, webhook) -> None:
    async with serve_webhook() as own:
        await simulator.simulation.webhooks.register(AGENT_ID, own.url, "OWNTOKEN")
        for agent_id in (AGENT_ID, "other"):
            simulator.simulation.launches.change(agent_id, "/v1/regions/fi-rcs", LaunchState.LAUNCHED, "")
        await simulator.advance(1)
    assert [event["agentId"] for event in webhook.events] == ["other@rbm.goog"]
    _, launch = own.requests
    assert launch["body"]["message"]["attributes"]["business_id"] == f"{AGENT_ID}@rbm.goog"

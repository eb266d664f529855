"""The same seed gives the same run, byte for byte of the callbacks."""

from collections.abc import Callable
from typing import Any

from tests.support.payloads import load_json

from rbm_ops.simulator.dice import Dice
from rbm_ops.simulator.fates import FATES
from rbm_ops.simulator.scripts import OrdinaryPhone

ALL_FATES = [f"+1415555{ending}" for ending in FATES if ending not in ("0105", "0114", "0119")]
ORDINARY = [f"+491515550{number:03}" for number in range(40)]


def message_id(number: int) -> str:
    return f"5b3b7f0e-8c5e-4c0a-9f0e-{number:012}"


async def run(simulate: Callable[..., Any], webhook: Any, **settings: Any) -> list[tuple[Any, ...]]:
    """Everything that the webhook was called with, in order; every fifth call is refused."""
    webhook.requests.clear()
    webhook.statuses = [200, 200, 200, 200, 503] * 40
    body = load_json("agent_messages/suggested-replies.json") | {"ttl": "60s"}
    async with simulate(**settings) as (simulator, business):
        for number, phone_number in enumerate((*ALL_FATES, *ORDINARY)):
            await business.create(phone_number, body, message_id=message_id(number))
            await simulator.advance(0.05)
        await simulator.advance(3600)
    return [
        (request["raw"], request["headers"]["X-Goog-Signature"], request["headers"]["X-Goog-Webhook-Type"])
        for request in webhook.requests
    ]


async def test_same_seed_repeats_every_callback_byte_for_byte(simulate, webhook) -> None:
    first = await run(simulate, webhook, seed=7)
    again = await run(simulate, webhook, seed=7)
    assert len(first) > 100
    assert again == first


async def test_another_seed_gives_another_run(simulate, webhook) -> None:
    first = await run(simulate, webhook, seed=7)
    other = await run(simulate, webhook, seed=8)
    assert other != first
    assert not {body for body, *_ in first} & {body for body, *_ in other}


def test_dice_of_the_same_name_throw_the_same() -> None:
    def throws(seed: int, *names: str) -> list[float]:
        dice = Dice(seed, *names)
        return [dice.throw() for _ in range(50)]

    assert throws(1, "a", "b") == throws(1, "a", "b")
    assert len({tuple(throws(*name)) for name in ((1, "a", "b"), (2, "a", "b"), (1, "a", "c"))}) == 3
    assert all(0 <= throw < 1 for throw in throws(1, "a"))


def test_ordinary_phones_double_and_reverse_now_and_then() -> None:
    drawn = [OrdinaryPhone().draw_steps(Dice(1, str(number))) for number in range(1000)]
    reversed_runs = [steps for steps in drawn if [step.event for step in steps] == ["READ", "DELIVERED"]]
    doubled = [step for steps in drawn for step in steps if step.copies == 2]
    assert 60 < len(reversed_runs) < 140
    assert 140 < len(doubled) < 260
    assert all(steps[1].told_late for steps in reversed_runs)


def test_phone_that_seldom_reads_leaves_messages_unread() -> None:
    drawn = [OrdinaryPhone(read_ratio=0.2).draw_steps(Dice(1, str(number))) for number in range(500)]
    unread = [steps for steps in drawn if [step.event for step in steps] == ["DELIVERED"]]
    assert 350 < len(unread) < 450

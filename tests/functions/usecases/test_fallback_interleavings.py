"""One decision per message, whoever acts at the same time, in whatever order, and whoever dies."""

import itertools
import random
from collections.abc import Callable

import pytest
from tests.functions.usecases.fallback_stories import ACTORS, World, check_story
from tests.functions.usecases.interleaving import Schedule, play

MakeWorld = Callable[[], World]
Names = tuple[str, ...]

# More calls than anybody makes: who is to die at a later one lives.
_MOST_CALLS = 10


def recorded(*revoke_statuses: int) -> MakeWorld:
    """The message was accepted, and its fallback is due now."""

    def make() -> World:
        world = World(revoke_statuses)
        world.store_accepted()
        return world

    return make


def unrecorded(send_status: int) -> MakeWorld:
    return lambda: World((404,), send_status)


async def explore(make_world: MakeWorld, names: Names, crash: tuple[str, int] | None = None) -> list[int]:
    """Plays every schedule to its end, but for those that another one has led to.

    Returns how often each of these stories told of the fallback.
    """
    seen: set[str] = set()
    schedule, stories = Schedule(), list[int]()
    while True:
        world = make_world()
        world.turns.crash = crash

        def is_known(world: World = world) -> bool:
            known = world.describe() in seen
            seen.add(world.describe())
            return known

        if await play(world.turns, {name: world.actor(name) for name in names}, schedule, is_known):
            await world.recover(names)
            check_story(world, names)
            stories.append(world.count("requested"))
        if not schedule.next_one():
            return stories


WORLDS = {
    "revoked": recorded(200, 404),
    "not revoked": recorded(404),
    "revoke not answered": recorded(503, 0, 404),
    "not recorded yet": unrecorded(200),
    "unreachable": unrecorded(404),
}
TOGETHER: list[tuple[str, Names]] = [
    *itertools.product(
        ("revoked", "not revoked", "revoke not answered"),
        (("DELIVERED", "EXPIRED"), ("DELIVERED", "sweep 1"), ("EXPIRED", "sweep 1"), ("sweep 1", "sweep 2")),
    ),
    *itertools.product(("not recorded yet", "unreachable"), (("DELIVERED", "send"), ("EXPIRED", "send"))),
]
# The last of them dies.
DYING: list[tuple[str, Names]] = [
    ("revoked", ("DELIVERED", "sweep 1")),
    ("revoked", ("sweep 1", "sweep 2")),
    ("not revoked", ("EXPIRED", "sweep 1")),
    ("revoked", ("sweep 1", "EXPIRED")),
    ("revoked", ("sweep 1", "DELIVERED")),
    ("not recorded yet", ("send", "EXPIRED")),
    ("unreachable", ("DELIVERED", "send")),
]


@pytest.mark.parametrize(("world", "names"), TOGETHER, ids=str)
async def test_two_at_once_agree_in_whatever_order(world: str, names: Names) -> None:
    stories = await explore(WORLDS[world], names)
    assert len(stories) > 1
    if "send" not in names and (world == "revoked" or "EXPIRED" not in names):
        assert max(stories) <= 1  # elsewhere both find what the state calls for, and either may tell it


@pytest.mark.parametrize(("world", "names"), DYING, ids=str)
async def test_of_two_at_once_one_may_die_at_any_call(world: str, names: Names) -> None:
    for call in range(_MOST_CALLS):
        assert await explore(WORLDS[world], names, (names[-1], call))


@pytest.mark.parametrize("call", range(_MOST_CALLS))
async def test_whoever_posted_a_request_and_never_comes_back_has_its_fallback(call: int) -> None:
    world = WORLDS["unreachable"]()
    world.turns.crash = ("send", call)
    await play(world.turns, {"send": world.actor("send")}, Schedule())
    await world.recover(())
    check_story(world, ())


@pytest.mark.parametrize("seed", range(60))
async def test_all_at_once_agree_though_one_of_them_dies(seed: int) -> None:
    dice = random.Random(seed)
    world = WORLDS[dice.choice(list(WORLDS))]()
    names = tuple(dice.sample(ACTORS, dice.randint(3, len(ACTORS))))
    world.turns.crash = (dice.choice(names), dice.randrange(_MOST_CALLS))
    schedule = Schedule([dice.randrange(60) for _ in range(100)])
    await play(world.turns, {name: world.actor(name) for name in names}, schedule)
    await world.recover(names)
    check_story(world, names)

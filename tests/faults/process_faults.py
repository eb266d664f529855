"""Faults of processes, stores, clocks and tokens, by name: each breaks something, and mends it again."""

import asyncio
import contextlib
import resource
import signal
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from random import Random

from tests.faults.cloud import ACK_DEADLINE_SECONDS, FaultCloud
from tests.faults.layout import FUNCTIONS, INSTANCES
from tests.faults.points import POINTS, SPILL_POINTS, Point

from rbm_ops.local.cloud import EmulatorKind

# Breaks for so many seconds, and mends; answers how often it has struck, where that can be told.
Fault = Callable[[FaultCloud, Random, float], Awaitable[int]]

_POINT_SECONDS = 20.0


def list_process_faults(emulators: EmulatorKind) -> Mapping[str, Fault]:
    """Google's emulators keep nothing over a restart, so they are only paused."""
    stores: dict[str, Fault] = {"emulators paused": _pause_emulators}
    if emulators is EmulatorKind.EMBEDDED:
        stores |= {
            "emulators killed": _kill_emulators,
            "emulators away": _restart_emulators,
            "disk full": _fill_disk,
        }
    return {
        **{f"{each} killed at random": partial(_kill_at_random, each) for each in FUNCTIONS},
        **{
            f"killed: {point}": partial(kill_at_point, point) for point in POINTS if point not in SPILL_POINTS
        },
        "paused beyond the ack deadline": _pause_beyond_ack_deadline,
        **stores,
        "clocks ahead": partial(_jump_clocks, 3600.0),
        "clocks behind": partial(_jump_clocks, -3600.0),
        "token rotated": partial(_rotate_token, True),
        "token rotated, told late": partial(_rotate_token, False),
    }


async def _kill_at_random(function: str, cloud: FaultCloud, dice: Random, seconds: float) -> int:
    instance = _choose_instance(function, dice)
    await asyncio.sleep(dice.uniform(0, seconds))
    await cloud.kill(instance)
    await cloud.wait_until_up((instance,))
    return 1


async def kill_at_point(point: Point, cloud: FaultCloud, dice: Random, seconds: float) -> int:
    killed = await cloud.traps.wait_for(point, _POINT_SECONDS)
    await cloud.wait_until_up(tuple(each for each in INSTANCES if each.startswith(point.function)))
    return int(killed)


async def _pause_beyond_ack_deadline(cloud: FaultCloud, dice: Random, seconds: float) -> int:
    """One instance of each function; what it holds is pushed to the other one, and then it wakes up."""
    paused = [_choose_instance(function, dice) for function in FUNCTIONS]
    for instance in paused:
        cloud.signal(instance, signal.SIGSTOP)
    await asyncio.sleep(ACK_DEADLINE_SECONDS + 3)
    for instance in paused:
        cloud.signal(instance, signal.SIGCONT)
    return len(paused)


async def _kill_emulators(cloud: FaultCloud, dice: Random, seconds: float) -> int:
    for name in cloud.emulator_names:
        await cloud.kill(name)
    await cloud.wait_until_up(cloud.emulator_names)
    return 1


async def _restart_emulators(cloud: FaultCloud, dice: Random, seconds: float) -> int:
    for name in cloud.emulator_names:
        await cloud.processes[name].take_down()
    await asyncio.sleep(seconds)
    for name in cloud.emulator_names:
        cloud.processes[name].bring_back()
    await cloud.wait_until_up(cloud.emulator_names)
    return 1


async def _pause_emulators(cloud: FaultCloud, dice: Random, seconds: float) -> int:
    """They hold every connection, and answer none."""
    for name in cloud.emulator_names:
        cloud.signal(name, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    for name in cloud.emulator_names:
        cloud.signal(name, signal.SIGCONT)
    return 1


async def _fill_disk(cloud: FaultCloud, dice: Random, seconds: float) -> int:
    """No file of the store may grow; the kernel says so as it does of a full disk."""
    process_id = cloud.processes["emulators"].process_id
    if process_id is None:
        return 0
    with contextlib.suppress(ProcessLookupError):
        before = resource.prlimit(process_id, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        await asyncio.sleep(seconds)
        resource.prlimit(process_id, resource.RLIMIT_FSIZE, before)
    return 1


async def _jump_clocks(ahead_seconds: float, cloud: FaultCloud, dice: Random, seconds: float) -> int:
    """Of some instances, so that they disagree with the others too."""
    jumping = [instance for instance in INSTANCES if dice.random() < 0.6]
    for instance in jumping:
        cloud.set_clock(instance, ahead_seconds * dice.random())
    await asyncio.sleep(seconds)
    for instance in jumping:
        cloud.set_clock(instance, 0)
    return len(jumping)


async def _rotate_token(is_told_first: bool, cloud: FaultCloud, dice: Random, seconds: float) -> int:
    """Told first: both are active before the platform changes. Else callbacks are refused for a while."""
    old, token = cloud.tokens[0], f"TOKEN{dice.randrange(10**12)}"
    if is_told_first:
        cloud.write_tokens([token, old])
        await asyncio.sleep(seconds)
    await cloud.tell_platform(lambda platform: platform.rotate_token(token))
    await asyncio.sleep(seconds)
    cloud.write_tokens([token, old])
    return 1


def _choose_instance(function: str, dice: Random) -> str:
    return dice.choice([instance for instance in INSTANCES if instance.startswith(f"{function}-")])

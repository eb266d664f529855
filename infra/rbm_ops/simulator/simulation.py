"""One simulated platform: its parts, made and connected once."""

from dataclasses import dataclass

import aiohttp

from rbm_ops.simulator.actions import Actions
from rbm_ops.simulator.agents import Agents
from rbm_ops.simulator.background import BackgroundTasks
from rbm_ops.simulator.callbacks import CallbackQueue
from rbm_ops.simulator.clock import RunningClock, SteppedClock
from rbm_ops.simulator.conversations import Conversations
from rbm_ops.simulator.deliveries import Deliveries
from rbm_ops.simulator.dice import Dice
from rbm_ops.simulator.disturbances import Disturbances
from rbm_ops.simulator.files import Files
from rbm_ops.simulator.launches import Launches
from rbm_ops.simulator.messages import AcceptedMessages
from rbm_ops.simulator.phones import Phones
from rbm_ops.simulator.platform import Platform
from rbm_ops.simulator.posting import WebhookCaller
from rbm_ops.simulator.settings import SimulatorSettings
from rbm_ops.simulator.users import Users
from rbm_ops.simulator.webhooks import Webhooks
from rbm_ops.simulator.wire import Broadcast, WireLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    settings: SimulatorSettings
    clock: RunningClock | SteppedClock
    broadcast: Broadcast
    wire: WireLog
    agents: Agents
    launches: Launches
    phones: Phones
    messages: AcceptedMessages
    conversations: Conversations
    webhooks: Webhooks
    disturbances: Disturbances
    callbacks: CallbackQueue
    users: Users
    deliveries: Deliveries
    actions: Actions
    platform: Platform
    files: Files


def make_simulation(
    settings: SimulatorSettings,
    *,
    clock: RunningClock | SteppedClock,
    session: aiohttp.ClientSession,
    background: BackgroundTasks,
) -> Simulation:
    broadcast = Broadcast()
    wire, disturbances = WireLog(broadcast), Disturbances()
    agents = Agents(is_open=not settings.agents)
    phones = Phones(remembered=settings.limits.phones)
    messages = AcceptedMessages(remembered=settings.limits.messages)
    conversations = Conversations(remembered=settings.limits.conversations, seed=settings.seed)
    webhooks = Webhooks(session, clock=clock, wire=wire, dice=Dice(settings.seed, "handshakes"))
    timeout_seconds = settings.retry.answer_timeout_seconds
    callbacks = CallbackQueue(
        settings,
        clock=clock,
        caller=WebhookCaller(session, webhooks, disturbances, timeout_seconds=timeout_seconds),
        disturbances=disturbances,
        background=background,
        wire=wire,
    )
    users = Users(phones, conversations, callbacks, broadcast)
    deliveries = Deliveries(clock, phones, users, ordinary_phone=settings.ordinary_phone, pace=settings.pace)
    return Simulation(
        settings=settings,
        clock=clock,
        broadcast=broadcast,
        wire=wire,
        agents=agents,
        launches=Launches(agents, callbacks, clock, Dice(settings.seed, "launches")),
        phones=phones,
        messages=messages,
        conversations=conversations,
        webhooks=webhooks,
        disturbances=disturbances,
        callbacks=callbacks,
        users=users,
        deliveries=deliveries,
        actions=Actions(clock, users),
        platform=Platform(
            settings,
            clock=clock,
            phones=phones,
            messages=messages,
            conversations=conversations,
            deliveries=deliveries,
            disturbances=disturbances,
            broadcast=broadcast,
        ),
        files=Files(clock),
    )

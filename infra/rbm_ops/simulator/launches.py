"""Launches: an agent comes to a carrier, or leaves it, and the webhook is told."""

from rbm_ops.simulator.agents import Agents, LaunchState
from rbm_ops.simulator.callbacks import CallbackQueue
from rbm_ops.simulator.clock import Clock
from rbm_ops.simulator.dice import Dice
from rbm_ops.simulator.events import make_launch_event
from rbm_ops.simulator.resources import JsonObject, format_time


class Launches:
    def __init__(self, agents: Agents, callbacks: CallbackQueue, clock: Clock, dice: Dice) -> None:
        self._agents = agents
        self._callbacks = callbacks
        self._clock = clock
        self._dice = dice

    def change(self, agent_id: str, region_id: str, new_state: LaunchState, comment: str) -> JsonObject:
        """The event that was sent. Raises ApiError for an unknown agent."""
        agent = self._agents.find(agent_id)
        old_state = agent.launches.get(region_id, LaunchState.UNLAUNCHED)
        agent.launches[region_id] = new_state
        event = make_launch_event(
            agent.agent_id,
            names=(agent.display_name, agent.display_name),
            region_id=region_id,
            states=(old_state, new_state),
            comment=comment,
            send_time=format_time(self._clock.now()),
            dice=self._dice,
        )
        self._callbacks.post(event)
        return event

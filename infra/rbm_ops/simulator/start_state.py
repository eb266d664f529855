"""How everything is at the start, and how it comes to be so again."""

from rbm_ops.simulator.agents import Agents
from rbm_ops.simulator.disturbances import Disturbances
from rbm_ops.simulator.phones import Phones
from rbm_ops.simulator.settings import SimulatorSettings
from rbm_ops.simulator.simulation import Simulation
from rbm_ops.simulator.webhooks import PARTNER, Webhook, Webhooks


def set_up(simulation: Simulation) -> None:
    """What the settings name: agents, phones, the partner's webhook."""
    _set_up_agents(simulation.agents, simulation.settings)
    _set_up_phones(simulation.phones, simulation.settings)
    _set_up_webhook(simulation.webhooks, simulation.settings)


def reset(simulation: Simulation, *, everything: bool) -> None:
    """Forgets what has happened or was to; `everything`: agents and webhooks too are as at the start."""
    simulation.disturbances.change(Disturbances())
    simulation.deliveries.clear()
    simulation.callbacks.clear()
    simulation.messages.clear()
    simulation.conversations.clear()
    simulation.phones.clear()
    simulation.wire.clear()
    _set_up_phones(simulation.phones, simulation.settings)
    if everything:
        simulation.agents.clear()
        simulation.webhooks.clear()
        set_up(simulation)


def _set_up_agents(agents: Agents, settings: SimulatorSettings) -> None:
    for agent_id, change in settings.agents.items():
        change.apply_to(agents.make(agent_id))


def _set_up_phones(phones: Phones, settings: SimulatorSettings) -> None:
    for phone_number, change in settings.phones.items():
        phone = phones.find(phone_number)
        change.apply_to(phone)
        phones.keep(phone)


def _set_up_webhook(webhooks: Webhooks, settings: SimulatorSettings) -> None:
    if settings.webhook_url:
        webhooks.put(PARTNER, Webhook(settings.webhook_url, settings.client_token))

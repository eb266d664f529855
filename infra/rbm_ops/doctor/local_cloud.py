"""What runs on this machine: the emulators asked as Pub/Sub itself would be, and who listens."""

from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict

from rbm_ops.doctor.asking import ask_capabilities
from rbm_ops.doctor.observed import Kind, Observed, System, Unseen, short_name
from rbm_ops.doctor.platform_checks import named_agents
from rbm_ops.local.addresses import Addresses
from rbm_ops.local.cloud import function_commands
from rbm_ops.local.pubsub_calls import ListSubscriptionsRequest, ListTopicsRequest, method_for
from rbm_ops.ports import is_listening

_TIMEOUT_SECONDS = 10.0
_PAGE_SIZE = 1000
_AGENT_ID = "growing-tree-bank"
_NO_SUCH_THING = Unseen("an emulator has no such thing", is_natural=True)
_ONLY_IN_THE_CLOUD = ("policies", "services", "database", "fields", "indexes", "jobs", "secrets")


async def observe_local(addresses: Addresses) -> Observed:
    functions = _observe_functions(addresses)
    agents = named_agents(functions) or [_AGENT_ID]
    return Observed(
        System(Kind.LOCAL, addresses.project, database="(default)"),
        {
            **dict.fromkeys(_ONLY_IN_THE_CLOUD, _NO_SUCH_THING),
            "topics": _list(addresses, ListTopicsRequest, "topics"),
            "subscriptions": _list(addresses, ListSubscriptionsRequest, "subscriptions"),
            "functions": functions,
            "platform": {
                "refused": "",
                "capabilities": await ask_capabilities(functions, agents, "loopback"),
                "agents": Unseen("the simulator is in every region", is_natural=True),
            },
        },
    )


def _observe_functions(addresses: Addresses) -> dict[str, Any]:
    return {
        command.name: {
            "state": "ACTIVE" if is_listening(command.port) else "not listening",
            "serviceConfig": {
                "uri": f"http://{getattr(addresses, command.name)}/",
                "environmentVariables": dict(command.environment),
            },
        }
        for command in function_commands(addresses)
    }


def _list(addresses: Addresses, request: Any, member: str) -> Any:
    """By short name, in the JSON of the REST API."""
    asked = request(project=f"projects/{addresses.project}", page_size=_PAGE_SIZE)
    try:
        with grpc.insecure_channel(addresses.pubsub) as channel:
            answer = method_for(channel, request)(asked, timeout=_TIMEOUT_SECONDS)
    except grpc.RpcError as error:
        return Unseen(f"Pub/Sub's emulator does not answer ({error.code().name})")
    return {short_name(found.name): MessageToDict(found) for found in getattr(answer, member)}

"""All methods of the API on one port: for the global endpoint, and for the three regional ones."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from rbm_ops.simulator.checks import invalid
from rbm_ops.simulator.quotas import Quotas
from rbm_ops.simulator.regions import Region
from rbm_ops.simulator.rest.attachments import Attachments
from rbm_ops.simulator.rest.capabilities import CapabilityMethods
from rbm_ops.simulator.rest.directory import Directory
from rbm_ops.simulator.rest.messages import MessageMethods
from rbm_ops.simulator.rest.method import Method
from rbm_ops.simulator.rest.notes import RPC
from rbm_ops.simulator.rest.requests import answer_json, require_bearer_token
from rbm_ops.simulator.rest.testers import TesterMethods
from rbm_ops.simulator.rest.uploads import FileMethods
from rbm_ops.simulator.simulation import Simulation

_PREFIXES = ("", *(f"/{region}" for region in Region))


class RestApi:
    def __init__(self, simulation: Simulation) -> None:
        choices, phones, files = simulation.settings.choices, simulation.phones, simulation.files
        directory = Directory(simulation.agents, phones, choices)
        quotas = Quotas(simulation.clock, creates_per_second=choices.creates_per_second)
        messages = MessageMethods(
            simulation.platform,
            directory,
            attachments=Attachments(files, takes_unknown=choices.takes_unknown_files),
            quotas=quotas,
            clock=simulation.clock,
        )
        self._methods = (
            *messages.list_methods(),
            *CapabilityMethods(directory, phones, quotas, choices, simulation.clock).list_methods(),
            *FileMethods(directory, files).list_methods(),
            *TesterMethods(directory, quotas).list_methods(),
        )

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route(method.http_method, prefix + method.path, _make_handler(method))
            for prefix in _PREFIXES
            for method in self._methods
        ]


def _make_handler(method: Method) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        request[RPC] = method.rpc
        require_bearer_token(request)
        try:
            return answer_json(await method.answer(request))
        except web.RequestPayloadError:
            raise invalid("The body does not have the encoding that its headers name.") from None

    return handle

"""The console's HTTP API: one handler per path, each as thin as it can be."""

import uuid
from dataclasses import dataclass

from aiohttp import web

from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ledger.domain.json_bytes import decode_object
from rbm_ledger.domain.timeline import describe_record
from rbm_ops.console.answers import Refusal, answer
from rbm_ops.console.composer import find_request_faults, list_templates, publish_request
from rbm_ops.console.functions import Functions
from rbm_ops.console.ledger import Ledger
from rbm_ops.console.rows import message_row
from rbm_ops.console.simulator import Simulator
from rbm_ops.console.subscriptions import DeadLetters
from rbm_ops.local.addresses import CLIENT_TOKEN, PORT_NAMES, Addresses
from rbm_ops.stories.story import tell_story

_DEFAULT_LIMIT = 200
_MAX_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Api:
    addresses: Addresses
    functions: Functions
    ledger: Ledger
    simulator: Simulator
    send_requests: PubSubPublisher
    dead_letters: DeadLetters

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/cloud", self.describe_cloud),
            web.post("/api/functions/{name}", self.act_on_function),
            web.post("/api/rotate-token", self.rotate_token),
            web.get("/api/messages", self.list_messages),
            web.get("/api/messages/{agent_id}/{message_id}", self.show_message),
            web.get("/api/conversations", self.list_conversations),
            web.get("/api/conversations/{agent_id}/{phone_number}", self.show_conversation),
            web.get("/api/quarantine", self.list_quarantine),
            web.get("/api/dead-letters", self.list_dead_letters),
            web.get("/api/statistics", self.describe_statistics),
            web.get("/api/templates", self.list_templates),
            web.post("/api/check", self.check_request),
            web.post("/api/send", self.send_request),
            *(web.route(method, "/api/simulator/{tail:.+}", self.simulator.pass_on) for method in _METHODS),
        ]

    async def describe_cloud(self, _request: web.Request) -> web.Response:
        return answer(
            {
                "addresses": {name: getattr(self.addresses, name) for name in PORT_NAMES},
                "project": self.addresses.project,
                "clientToken": CLIENT_TOKEN,
                "functions": await self.functions.describe(),
                "seed": await self.simulator.find_seed(),
            }
        )

    async def act_on_function(self, request: web.Request) -> web.Response:
        action = decode_object(await request.read()).get("action")
        return answer(await self.functions.act(request.match_info["name"], action))

    async def rotate_token(self, request: web.Request) -> web.Response:
        """To a token that the webhook does not know, or back to the known one."""
        restored = decode_object(await request.read() or b"{}").get("restore") is True
        client_token = CLIENT_TOKEN if restored else uuid.uuid4().hex.upper()
        await self.simulator.set_client_token(client_token)
        return answer({"clientToken": client_token, "isKnown": restored})

    async def list_messages(self, request: web.Request) -> web.Response:
        return answer({"messages": await self.ledger.list_messages(_read_limit(request))})

    async def show_message(self, request: web.Request) -> web.Response:
        agent_id, message_id = request.match_info["agent_id"], request.match_info["message_id"]
        record = await self.ledger.find_message(agent_id, message_id)
        if record is None:
            raise Refusal(404, "There is no such message (yet).")
        story = tell_story(record, await self.simulator.read_wire())
        return answer({"row": message_row(record), "document": describe_record(record), **story})

    async def list_conversations(self, _request: web.Request) -> web.Response:
        return answer({"conversations": await self.ledger.list_conversations()})

    async def show_conversation(self, request: web.Request) -> web.Response:
        agent_id, phone_number = request.match_info["agent_id"], request.match_info["phone_number"]
        document = await self.ledger.find_conversation(agent_id, phone_number)
        consent = await self.ledger.find_consent(agent_id, phone_number)
        if document is None and consent is None:
            raise Refusal(404, "There is no such conversation (yet).")
        return answer(
            {
                "document": document,
                "consent": consent,
                "evidence": await self.ledger.list_evidence(agent_id, phone_number),
                "userMessages": await self.ledger.list_user_messages(agent_id, phone_number),
            }
        )

    async def list_quarantine(self, _request: web.Request) -> web.Response:
        return answer({"documents": await self.ledger.list_quarantine()})

    async def list_dead_letters(self, _request: web.Request) -> web.Response:
        return answer({"messages": list(self.dead_letters.rows)})

    async def describe_statistics(self, _request: web.Request) -> web.Response:
        return answer(await self.ledger.read_statistics())

    async def list_templates(self, _request: web.Request) -> web.Response:
        return answer({"templates": list_templates()})

    async def check_request(self, request: web.Request) -> web.Response:
        return answer({"faults": find_request_faults(await request.read())})

    async def send_request(self, request: web.Request) -> web.Response:
        return answer({"messageId": await publish_request(self.send_requests, await request.read())})


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _read_limit(request: web.Request) -> int:
    limit = request.query.get("limit", str(_DEFAULT_LIMIT))
    if not limit.isdecimal() or not 1 <= int(limit) <= _MAX_LIMIT:
        raise Refusal(400, f"limit must be a number from 1 to {_MAX_LIMIT}.")
    return int(limit)

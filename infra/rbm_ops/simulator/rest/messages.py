"""phones.agentMessages and phones.agentEvents: what an agent sends to a phone."""

from aiohttp import web

from rbm_ledger.domain.agent_message import MAX_MESSAGE_BYTES, check_size
from rbm_ops.simulator.checks import check_agent_event, check_agent_message, invalid, refuse
from rbm_ops.simulator.clock import Clock
from rbm_ops.simulator.phones import Phone
from rbm_ops.simulator.platform import Platform
from rbm_ops.simulator.quotas import Quotas
from rbm_ops.simulator.resources import JsonObject
from rbm_ops.simulator.rest.attachments import Attachments
from rbm_ops.simulator.rest.devices import PDF_IN_RICH_CARDS, WITHDRAWN_ACTION, find_needed_features
from rbm_ops.simulator.rest.directory import Directory
from rbm_ops.simulator.rest.method import Method
from rbm_ops.simulator.rest.requests import read_json_object


class MessageMethods:
    def __init__(
        self,
        platform: Platform,
        directory: Directory,
        *,
        attachments: Attachments,
        quotas: Quotas,
        clock: Clock,
    ) -> None:
        self._platform = platform
        self._directory = directory
        self._attachments = attachments
        self._quotas = quotas
        self._clock = clock

    def list_methods(self) -> tuple[Method, ...]:
        messages = "/v1/phones/{phone}/agentMessages"
        return (
            Method("phones.agentMessages.create", "POST", messages, self._create_message),
            Method("phones.agentMessages.delete", "DELETE", messages + "/{messageId}", self._delete_message),
            Method("phones.agentEvents.create", "POST", "/v1/phones/{phone}/agentEvents", self._create_event),
        )

    async def _create_message(self, request: web.Request) -> JsonObject:
        agent, phone = self._directory.find_agent(request), self._directory.find_phone(request)
        resource = self._directory.name_resource(request, agent, "agentMessages")
        self._quotas.take_create(agent.agent_id)
        body = await read_json_object(request)
        if len(await request.read()) > MAX_MESSAGE_BYTES:  # spares the others from being encoded again
            refuse(check_size(body))
        check_agent_message(body, agent, self._clock.now())
        agent.check_reach(phone)
        self._check_content(body["contentMessage"], phone)
        payload_bytes = self._attachments.count_bytes(body["contentMessage"])
        return await self._platform.create_message(resource, body, payload_bytes=payload_bytes)

    async def _delete_message(self, request: web.Request) -> JsonObject:
        agent = self._directory.find_agent(request)
        self._directory.find_phone(request)
        self._platform.revoke_message(self._directory.name_resource(request, agent, "agentMessages"))
        return {}

    async def _create_event(self, request: web.Request) -> JsonObject:
        """Assumed: reach counts as for messages; a READ may name a message that nobody knows."""
        agent, phone = self._directory.find_agent(request), self._directory.find_phone(request)
        resource = self._directory.name_resource(request, agent, "agentEvents")
        body = await read_json_object(request)
        check_agent_event(body)
        agent.check_reach(phone)
        return await self._platform.create_event(resource, body)

    def _check_content(self, content: JsonObject, phone: Phone) -> None:
        """What depends on the files that it names, and on the device; one without RCS is another answer."""
        if "text" in content and "suggestions" not in content:
            return  # nearly all messages of a load trial
        refuse(self._attachments.find_faults(content))
        needed = set(find_needed_features(content))
        lacking = needed & {*phone.missing_features, WITHDRAWN_ACTION}
        if PDF_IN_RICH_CARDS in phone.missing_features and self._attachments.has_pdf_in_card(content):
            lacking.add(PDF_IN_RICH_CARDS)
        if lacking and phone.has_rcs:
            raise invalid(f"The device does not support {', '.join(sorted(lacking))}.")

"""phones.testers and phones.dialogflowMessages."""

from aiohttp import web

from rbm_ops.simulator.agents import InviteStatus
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.quotas import Quotas
from rbm_ops.simulator.resources import JsonObject
from rbm_ops.simulator.rest.directory import Directory
from rbm_ops.simulator.rest.method import Method


class TesterMethods:
    def __init__(self, directory: Directory, quotas: Quotas) -> None:
        self._directory = directory
        self._quotas = quotas

    def list_methods(self) -> tuple[Method, ...]:
        dialogflow_path = "/v1/phones/{phone}/dialogflowMessages"
        return (
            Method("phones.testers.create", "POST", "/v1/phones/{phone}/testers", self._invite),
            Method("phones.dialogflowMessages.create", "POST", dialogflow_path, self._refuse_dialogflow),
        )

    async def _invite(self, request: web.Request) -> JsonObject:
        """Assumed: 404 for a device without RCS; a number that was invited keeps its answer to that.

        A tester who declined has to be removed first (guides/build/test, April 2026); the status is assumed.
        """
        agent, phone = self._directory.find_agent(request), self._directory.find_phone(request)
        if not phone.has_rcs:
            raise ApiError(Status.NOT_FOUND)
        status = agent.testers.get(phone.phone_number)
        if status is InviteStatus.DECLINED:
            raise ApiError(
                Status.FAILED_PRECONDITION, "The phone declined. Remove the tester, then invite anew."
            )
        if status is None:
            self._quotas.take_invite(agent.agent_id)
            status = agent.testers[phone.phone_number] = InviteStatus.PENDING
        return {"name": f"phones/{phone.phone_number}/testers", "inviteStatus": status}

    async def _refuse_dialogflow(self, request: web.Request) -> JsonObject:
        """No agent here has the Dialogflow integration (reference/rest/v1/phones.dialogflowMessages)."""
        self._directory.find_agent(request)
        self._directory.find_phone(request)
        raise ApiError(Status.PERMISSION_DENIED, "The Dialogflow integration is not enabled for this agent.")

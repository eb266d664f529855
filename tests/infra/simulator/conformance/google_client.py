"""A REST client of RCS Business Messaging that knows Google's generated model, and nothing of this project.

Source of the methods, their paths, path patterns and query parameters:
github.com/rcs-business-messaging/rcsforbusiness-samples,
java/rcsforbusinessapi/…/rcsbusinessmessaging/v1/RCSBusinessMessaging.java (June 2025), which agrees with the
older nodejs/rbm-api-helper/src/rcsbusinessmessaging/v1.js of rcs-business-messaging/rbm-api-examples.
`agentMessagesSigned`, which is documented nowhere, is left out.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
from tests.infra.simulator.conformance import google_model as model

_PHONE = r"phones/[^/]+"
_MESSAGE = r"phones/[^/]+/agentMessages/[^/]+"
_STANDARD_PARAMETERS = frozenset(
    {
        *("$.xgafv", "access_token", "alt", "callback", "fields", "key", "oauth_token"),
        *("prettyPrint", "quotaUser", "uploadType", "upload_protocol"),
    }
)
_TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class Method:
    """`resource` is the pattern of the one path parameter: `parent` of a new resource, else `name`."""

    http_method: str
    path: str
    response: type[model.Resource]
    request: type[model.Resource] | None = None
    resource: str = ""
    query: tuple[str, ...] = ()


METHODS = {
    "files.create": Method("POST", "v1/files", model.File, model.CreateFileRequest),
    "phones.getCapabilities": Method(
        "GET", "v1/{name}/capabilities", model.Capabilities, None, _PHONE, ("requestId", "agentId")
    ),
    "phones.agentEvents.create": Method(
        "POST",
        "v1/{parent}/agentEvents",
        model.AgentEvent,
        model.AgentEvent,
        _PHONE,
        ("eventId", "agentId"),
    ),
    "phones.agentMessages.create": Method(
        "POST",
        "v1/{parent}/agentMessages",
        model.AgentMessage,
        model.AgentMessage,
        _PHONE,
        ("messageId", "agentId"),
    ),
    "phones.agentMessages.delete": Method("DELETE", "v1/{name}", model.Empty, None, _MESSAGE, ("agentId",)),
    "phones.dialogflowMessages.create": Method(
        "POST",
        "v1/{parent}/dialogflowMessages",
        model.DialogflowEvent,
        model.DialogflowEvent,
        _PHONE,
        ("messageIdPrefix", "agentId"),
    ),
    "phones.testers.create": Method(
        "POST", "v1/{parent}/testers", model.Tester, model.Tester, _PHONE, ("agentId",)
    ),
    "users.batchGet": Method(
        "POST", "v1/users:batchGet", model.BatchGetUsersResponse, model.BatchGetUsersRequest
    ),
}


class NotInModelError(Exception):
    """A request that the generated code could not send, or an answer that it does not know."""


class GoogleError(Exception):
    """The API's refusal."""

    def __init__(self, error: model.Error) -> None:
        self.code, self.status, self.message = error.code, error.status, error.message
        super().__init__(f"{error.code} {error.status}: {error.message}")


class RcsBusinessMessaging:
    """`endpoint` is the root of the API, without a path of its own or with that of a region."""

    def __init__(self, session: aiohttp.ClientSession, endpoint: str, *, token: str = "ya29.token") -> None:
        self._session = session
        self._endpoint = endpoint
        self._headers = {"Authorization": f"Bearer {token}"}

    async def call(self, method_id: str, request: model.Resource | None = None, **parameters: str) -> Any:
        """The resource that is answered. Raises GoogleError, NotInModelError."""
        method = _find_method(method_id)
        path, query = _address(method, parameters)
        body = None if request is None else encode_request(method, request)
        return await self._request(method, path, query, json=body)

    async def upload(self, data: bytes, media_type: str, **query: str) -> Any:
        """files.create with the bytes alone. `agentId` is in the query (reference/rest/v1/files/create)."""
        method = METHODS["files.create"]
        parameters = {"uploadType": "media", **query}
        headers = {"Content-Type": media_type}
        return await self._request(method, f"upload/{method.path}", parameters, data=data, headers=headers)

    async def upload_described(self, data: bytes, media_type: str, request: model.CreateFileRequest) -> Any:
        """files.create with a description and the bytes, in the generated code's way: multipart/related."""
        method = METHODS["files.create"]
        with aiohttp.MultipartWriter("related") as parts:
            parts.append_json(encode_request(method, request))
            parts.append(data, {"Content-Type": media_type})
        return await self._request(method, f"upload/{method.path}", {"uploadType": "multipart"}, data=parts)

    async def _request(
        self,
        method: Method,
        path: str,
        query: dict[str, str],
        *,
        headers: dict[str, str] | None = None,
        **body: Any,
    ) -> Any:
        async with self._session.request(
            method.http_method,
            f"{self._endpoint}/{path}",
            params=query,
            headers=self._headers | (headers or {}),
            timeout=_TIMEOUT,
            **body,
        ) as response:
            return decode_answer(method, response.status, await response.read())


def encode_request(method: Method, request: model.Resource) -> Any:
    """As JSON. Raises NotInModelError for what is not this method's, or not of its members' types."""
    encoded = msgspec.to_builtins(request)
    if method.request is None or not isinstance(request, method.request):
        raise NotInModelError(f"{type(request).__name__} is no request of {method.path}")
    try:
        msgspec.convert(encoded, method.request)
    except msgspec.ValidationError as error:
        raise NotInModelError(str(error)) from error
    return encoded


def decode_answer(method: Method, http_status: int, data: bytes) -> Any:
    """Raises GoogleError for a refusal, NotInModelError for a member or a type that is not in the model."""
    try:
        if http_status == 200:
            return msgspec.convert(json.loads(data), method.response)
        error = msgspec.convert(json.loads(data), model.ErrorAnswer).error
    except ValueError as problem:
        raise NotInModelError(f"{http_status} {data[:200]!r}: {problem}") from problem
    if error.code != http_status:
        raise NotInModelError(f"the status is {http_status}, the error's code {error.code}")
    raise GoogleError(error)


def _find_method(method_id: str) -> Method:
    try:
        return METHODS[method_id]
    except KeyError:
        raise NotInModelError(f"there is no method {method_id}") from None


def _address(method: Method, parameters: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The path with its parameter filled in, and the query."""
    query = dict(parameters)
    path = method.path
    if method.resource:
        name = "parent" if "{parent}" in path else "name"
        resource = query.pop(name, "")
        if not re.fullmatch(method.resource, resource):
            raise NotInModelError(f"{name} must conform to {method.resource}: {resource!r}")
        path = path.replace(f"{{{name}}}", resource)
    if unknown := query.keys() - {*method.query, *_STANDARD_PARAMETERS}:
        raise NotInModelError(f"{method.path} has no parameter {', '.join(sorted(unknown))}")
    return path, query

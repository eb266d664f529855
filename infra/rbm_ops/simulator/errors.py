"""Refusals in Google's shape: `{"error": {"code", "message", "status"}}`.

RBM documents statuses and no bodies; the texts are those of Google's APIs in general, but for
PERMISSION_DENIED (rbm-api-examples, issue 24).
"""

from enum import StrEnum
from http import HTTPStatus

from rbm_ops.simulator.resources import JsonObject


class Status(StrEnum):
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    FAILED_PRECONDITION = "FAILED_PRECONDITION"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    NOT_FOUND = "NOT_FOUND"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"
    INTERNAL = "INTERNAL"
    UNAVAILABLE = "UNAVAILABLE"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"


_ANSWERS: dict[Status, tuple[HTTPStatus, str]] = {
    Status.INVALID_ARGUMENT: (HTTPStatus.BAD_REQUEST, "Request contains an invalid argument."),
    Status.FAILED_PRECONDITION: (HTTPStatus.BAD_REQUEST, "Precondition check failed."),
    Status.UNAUTHENTICATED: (HTTPStatus.UNAUTHORIZED, "Request had invalid authentication credentials."),
    Status.PERMISSION_DENIED: (
        HTTPStatus.FORBIDDEN,
        "There was an error looking up the RBM agent (ID: null) that corresponds to the Google Cloud "
        "Platform (GCP) project you're authenticating with.",
    ),
    Status.NOT_FOUND: (HTTPStatus.NOT_FOUND, "Requested entity was not found."),
    Status.ALREADY_EXISTS: (HTTPStatus.CONFLICT, "Requested entity already exists"),
    Status.RESOURCE_EXHAUSTED: (
        HTTPStatus.TOO_MANY_REQUESTS,
        "Resource has been exhausted (e.g. check quota).",
    ),
    Status.INTERNAL: (HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error encountered."),
    Status.UNAVAILABLE: (HTTPStatus.SERVICE_UNAVAILABLE, "The service is currently unavailable."),
    Status.DEADLINE_EXCEEDED: (
        HTTPStatus.GATEWAY_TIMEOUT,
        "Deadline expired before operation could complete.",
    ),
}


class ApiError(Exception):
    """What the API answers instead of a resource. Without a message, the usual one of the status."""

    def __init__(self, status: Status, message: str = "") -> None:
        self.status = status
        self.http_status, usual_message = _ANSWERS[status]
        self.message = message or usual_message
        super().__init__(self.message)

    def body(self) -> JsonObject:
        return {"error": {"code": self.http_status, "message": self.message, "status": self.status}}

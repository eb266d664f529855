"""Google's REST APIs, read as whoever runs this: one call, its JSON, or why not."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import google.auth
import urllib3
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.urllib3 import Request as TokenRequest

from rbm_ledger.adapters.connections import make_pool
from rbm_ops.environment import CouldNotLook

ADDRESSES: Mapping[str, str] = {
    "agents": "https://businesscommunications.googleapis.com/v1",
    "functions": "https://cloudfunctions.googleapis.com/v2",
    "ledger": "https://firestore.googleapis.com/v1",
    "logs": "https://logging.googleapis.com/v2",
    "monitoring": "https://monitoring.googleapis.com/v3",
    "projects": "https://cloudresourcemanager.googleapis.com/v1",
    "pubsub": "https://pubsub.googleapis.com/v1",
    "run": "https://run.googleapis.com/v2",
    "scheduler": "https://cloudscheduler.googleapis.com/v1",
    "secrets": "https://secretmanager.googleapis.com/v1",
}
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_TIMEOUT_SECONDS = 20.0
_MAX_PAGES = 100


class NoCredentials(CouldNotLook):
    """Nobody is logged in; the text says how to."""


class Refused(Exception):
    """What an API answered instead; `http_status` 0: nothing."""

    def __init__(self, http_status: int, reason: str) -> None:
        super().__init__(f"HTTP {http_status} {reason}" if http_status else reason)
        self.http_status = http_status


class GoogleApis:
    """Each call ends within the time limit of its pool; `addresses` by name of the API."""

    def __init__(
        self,
        headers: Mapping[str, str],
        addresses: Mapping[str, str] = ADDRESSES,
        pool: urllib3.PoolManager | None = None,
    ) -> None:
        self._headers = dict(headers)
        self._addresses = addresses
        self._pool = pool or make_pool(_TIMEOUT_SECONDS)

    def get(self, api: str, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Raises Refused."""
        return self._call("GET", api, f"{path}?{urlencode(query)}" if query else path, None)

    def find(self, api: str, path: str) -> dict[str, Any] | None:
        """None where there is no such thing; raises Refused."""
        try:
            return self.get(api, path)
        except Refused as refusal:
            if refusal.http_status == 404:
                return None
            raise

    def post(self, api: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Refused."""
        return self._call("POST", api, path, body)

    def list(self, api: str, path: str, member: str, query: Mapping[str, str] | None = None) -> list[Any]:
        """Of all pages; raises Refused."""
        return list(self._pages(api, path, member, dict(query or {})))

    def _pages(self, api: str, path: str, member: str, query: dict[str, str]) -> Iterator[Any]:
        for _ in range(_MAX_PAGES):
            page = self.get(api, path, query)
            yield from page.get(member, [])
            if not page.get("nextPageToken"):
                return
            query["pageToken"] = page["nextPageToken"]

    def _call(self, method: str, api: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        try:
            response = self._pool.request(
                method,
                f"{self._addresses[api]}/{path}",
                headers=self._headers,
                json=body,
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise Refused(0, f"{api}: no answer ({type(error).__name__})") from None
        try:
            answer = json.loads(response.data)
        except ValueError:
            answer = {}
        if response.status != 200 or not isinstance(answer, dict):
            raise Refused(response.status, _read_reason(answer))
        return answer


def connect_apis() -> GoogleApis:
    """As gcloud's application-default login, or the ambient identity; raises NoCredentials."""
    try:
        credentials, _ = google.auth.default(scopes=[_SCOPE])
        headers = authorize(credentials)
    except GoogleAuthError as error:
        raise NoCredentials(
            f"Nobody is logged in ({type(error).__name__}): gcloud auth application-default login"
        ) from None
    quota_project = getattr(credentials, "quota_project_id", None)
    return GoogleApis({**headers, **({"X-Goog-User-Project": quota_project} if quota_project else {})})


def authorize(credentials: Any) -> dict[str, str]:
    """The header of a fresh token; raises GoogleAuthError."""
    credentials.refresh(TokenRequest(make_pool(_TIMEOUT_SECONDS)))  # type: ignore[no-untyped-call]
    return {"Authorization": f"Bearer {credentials.token}"}


def _read_reason(answer: Any) -> str:
    """The first sentence of Google's error model, which names a permission or a resource, never a value."""
    error = answer.get("error") if isinstance(answer, dict) else None
    return str(error.get("message", "")).partition("\n")[0][:300] if isinstance(error, dict) else ""

"""The three functions, served for the whole run against our emulators, and what calls and watches them."""

import io
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import grpc
import pytest
from tests.functions.entrypoints.asgi import Answer
from tests.functions.entrypoints.cloud import DEADLINE_SECONDS, Cloud, Subscription, open_cloud
from tests.functions.entrypoints.serving import ServedFunction, Settings, serve
from tests.functions.entrypoints.wire import PARTNER_TOKENS, TOKENS

from rbm_ops.local.topology import EVENTS, SEND_REQUESTS, UPDATES
from rbm_ops.ports import find_free_port
from rbm_ops.simulator.server import running_simulator
from rbm_ops.simulator.settings import SimulatorSettings

AGENTS = json.dumps(
    {
        "growing-tree-bank": {},
        "second-agent@rbm.goog": {},
        "throttled-agent": {},
        "fenced-agent": {"sources": ["orders"], "prefixes": ["+1415"]},
    }
)

Post = Callable[..., Awaitable[Answer]]


@pytest.fixture(scope="session")
def cloud(embedded_emulators: Any) -> Iterator[Cloud]:
    hosts = (embedded_emulators.pubsub_host, embedded_emulators.firestore_host)
    with open_cloud(*hosts, project="served-functions") as cloud, cloud.subscribed(UPDATES) as updates:
        yield cloud
        updates.drain()  # each of the whole run keeps to its schema


@pytest.fixture(scope="session")
def tokens_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tokens") / "tokens.json"
    file.write_text(json.dumps(TOKENS))
    return file


@pytest.fixture(scope="session")
def platform_port() -> int:
    """Where `send` looks for the RBM platform; nobody answers there but in a test with a `simulator`."""
    return find_free_port()


@pytest.fixture(scope="session")
def settings(cloud: Cloud, tokens_file: Path, platform_port: int) -> dict[str, Settings]:
    """Of each function, by its name."""
    own = {
        "webhook": {"RBM_EVENTS_TOPIC": EVENTS, "RBM_CLIENT_TOKENS_FILE": str(tokens_file)},
        "correlate": {"RBM_UPDATES_TOPIC": UPDATES, "RBM_EVENTS_TOPIC": EVENTS},
        "send": {
            "RBM_UPDATES_TOPIC": UPDATES,
            "RBM_API_ENDPOINT": f"http://127.0.0.1:{platform_port}",
            "RBM_TIMEOUT_SECONDS": "5",
            "RBM_AGENTS": AGENTS,
            "RBM_SEND_REQUESTS_TOPIC": SEND_REQUESTS,
            "MAX_DELIVERY_ATTEMPTS": "5",
        },
    }
    return {name: {**cloud.settings, **own[name]} for name in own}


@pytest.fixture(scope="session")
def functions(
    settings: dict[str, Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, ServedFunction]]:
    with serve(settings, tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.fixture
def never_crashes(functions: dict[str, ServedFunction]) -> Iterator[None]:
    """No request may reach the border for defects, or leave a stack trace anywhere."""
    yield
    for function in functions.values():
        assert b"_crashed" not in function.stdout.read_bytes()
        assert b"Traceback" not in function.stderr.read_bytes()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=DEADLINE_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield session


@pytest.fixture
def request_function(functions: dict[str, ServedFunction], session: aiohttp.ClientSession) -> Post:
    """Any request to a served function, by its name."""

    async def request(
        name: str, body: Any = b"", *, method: str = "POST", path: str = "", **options: Any
    ) -> Answer:
        url = functions[name].url + path
        data = io.BytesIO(body) if isinstance(body, bytes) else body  # aiohttp warns of large bytes
        async with session.request(method, url, data=data, **options) as response:
            headers = {header.lower(): value for header, value in response.headers.items()}
            return Answer(response.status, headers, await response.read())

    return request


@pytest.fixture
def events(cloud: Cloud) -> Iterator[Subscription]:
    """What is published to rbm-events during the test."""
    with cloud.subscribed(EVENTS) as subscription:
        yield subscription


@pytest.fixture
def updates(cloud: Cloud) -> Iterator[Subscription]:
    """What is published to rbm-updates during the test."""
    with cloud.subscribed(UPDATES) as subscription:
        yield subscription


@pytest.fixture
async def simulator(
    request: pytest.FixtureRequest, platform_port: int, session: aiohttp.ClientSession
) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """The RBM platform, at another pace by its parameter; calling it returns the messages it took, by id."""
    pace = getattr(request, "param", 0.001)
    settings = SimulatorSettings("http://127.0.0.1:9/", PARTNER_TOKENS[0], port=platform_port, pace=pace)

    async def list_messages() -> dict[str, Any]:
        async with session.get(f"{simulator.url}/control/messages") as response:
            return {message["messageId"]: message for message in (await response.json())["messages"]}

    async with running_simulator(settings) as simulator:
        yield list_messages


class _Refusal(grpc.GenericRpcHandler):
    def service(self, details: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(_refuse)


def _refuse(_request: bytes, context: Any) -> None:
    context.abort(grpc.StatusCode.PERMISSION_DENIED, "this service refuses everything")


@pytest.fixture
def refusing_host() -> Iterator[str]:
    """A Google service, of whatever kind, whose identity checks let nobody through."""
    server = grpc.server(ThreadPoolExecutor(1), handlers=[_Refusal()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


@pytest.fixture
def message_id() -> str:
    """A message of its own for each test: the functions serve all of them in one project."""
    return str(uuid.uuid4())

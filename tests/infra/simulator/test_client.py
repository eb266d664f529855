"""The synchronous client, against a simulator in a thread of its own."""

import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3

from rbm_ops.ports import find_free_port
from rbm_ops.simulator.client import SimulatorClient, SimulatorError
from rbm_ops.simulator.clock import ClockMode
from rbm_ops.simulator.settings import OrdinaryPhone, SimulatorSettings
from rbm_ops.simulator.thread import simulator_in_thread

NUMBER = "+4915155501234"
AGENT_ID = "growing-tree-bank"
TOKEN = "SJENCPGJESMGUFPY"
PROMPT = OrdinaryPhone(shortest_wait_seconds=0, longest_wait_seconds=0, duplicate_ratio=0, reversed_ratio=0)


class EchoingWebhook(BaseHTTPRequestHandler):
    """Answers a handshake with its secret, and acknowledges everything else."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = body.get("secret", "").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def webhook_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), EchoingWebhook) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def started() -> Iterator[SimulatorClient]:
    with simulator_in_thread(SimulatorSettings(ordinary_phone=PROMPT)) as client:
        yield client


@pytest.fixture
def simulator(started: SimulatorClient, webhook_url: str) -> SimulatorClient:
    started.reset(everything=True)
    started.register_webhook(webhook_url, TOKEN)
    return started


def send(simulator: SimulatorClient, content: dict | None = None, number: str = NUMBER) -> str:
    message_id = str(uuid.uuid4())
    answer = urllib3.request(
        "POST",
        f"{simulator.url}/v1/phones/{number}/agentMessages?messageId={message_id}&agentId={AGENT_ID}",
        json={"contentMessage": content or {"text": "Hello!"}},
        headers={"Authorization": "Bearer token", "Content-Type": "application/json"},
    )
    assert answer.status == 200
    return message_id


def test_what_was_sent_is_told_and_answered(simulator: SimulatorClient) -> None:
    message_id = send(simulator)
    callbacks = simulator.wait_for_callbacks(2)
    assert {callback["eventType"] for callback in callbacks} == {"DELIVERED", "READ"}
    assert {callback["outcome"] for callback in callbacks} == {"acknowledged"}
    (message,) = simulator.messages(message_id=message_id)
    assert (message["messageId"], message["creates"], message["state"]) == (message_id, 1, "read")
    assert simulator.messages(agent_id="other") == []


def test_phone_is_changed_and_used(simulator: SimulatorClient) -> None:
    phone = simulator.phone(NUMBER)
    assert phone.update(script="hand", sends_read_receipts=False)["sendsReadReceipts"] is False
    assert phone.read()["script"] == "hand"
    (event,) = phone.perform("text", agent_id=AGENT_ID, text="Hi")
    assert event["text"] == "Hi"
    (conversation,) = phone.conversations()
    assert conversation["entries"][0]["content"] == {"text": "Hi"}


def test_members_are_spelled_as_json_spells_them(simulator: SimulatorClient) -> None:
    members = {"file_name": "a.gif", "mime_type": "image/gif", "file_size_bytes": 5}
    (event,) = simulator.phone(NUMBER).perform("file", agent_id=AGENT_ID, **members)
    assert event["userFile"]["payload"]["fileSizeBytes"] == 5


def test_agent_is_changed_and_launched(simulator: SimulatorClient) -> None:
    assert simulator.change_agent(AGENT_ID, display_name="Bank")["displayName"] == "Bank"
    assert simulator.launch(AGENT_ID, "*", "SUSPENDED")["oldLaunchState"] == "LAUNCHED"
    (agent,) = simulator.agents()
    assert (agent["displayName"], agent["launches"]) == ("Bank", {"*": "SUSPENDED"})


def test_agents_webhook_and_token_are_registered(simulator: SimulatorClient, webhook_url: str) -> None:
    assert simulator.register_webhook(webhook_url, TOKEN, agent_id=AGENT_ID)["verified"]
    simulator.rotate_token("ANOTHER")
    webhooks = simulator.call("GET", "webhooks")["webhooks"]
    assert [webhook["agentId"] for webhook in webhooks] == ["", AGENT_ID]


def test_disturbance_lasts_until_it_is_mended(simulator: SimulatorClient) -> None:
    assert simulator.disturb(drop_next=1)["dropNext"] == 1
    simulator.send_event({"eventType": "DELIVERED"})
    assert simulator.wait_for_callbacks(1)[0]["outcome"] == "dropped"
    simulator.disturb(copies=3)
    simulator.mend()
    simulator.send_event({"eventType": "READ"})
    assert len(simulator.wait_for_callbacks(2)) == 2
    assert simulator.count_callbacks()["dropped"] == 1
    assert len(simulator.callbacks()) == 2


def test_wire_is_read_from_a_number_on(simulator: SimulatorClient) -> None:
    (handshake,) = simulator.wire()
    assert handshake["kind"] == "handshake"
    simulator.send_event({"eventType": "DELIVERED"})
    (callback,) = simulator.wire(handshake["number"], wait_seconds=10)
    assert callback["kind"] == "callback"


def test_condition_is_waited_for(simulator: SimulatorClient) -> None:
    send(simulator)
    callbacks = simulator.wait_for_callbacks(lambda seen: any(each["eventType"] == "READ" for each in seen))
    assert "READ" in [callback["eventType"] for callback in callbacks]


def test_no_callback_is_no_wait(simulator: SimulatorClient) -> None:
    assert simulator.wait_for_callbacks(0) == []


def test_wait_in_vain_tells_what_did_come(simulator: SimulatorClient) -> None:
    simulator.send_event({"eventType": "DELIVERED"})
    simulator.wait_for_callbacks(1)
    with pytest.raises(TimeoutError, match=r"After 0\.05 s .*: DELIVERED acknowledged\."):
        simulator.wait_for_callbacks(2, timeout_seconds=0.05)
    simulator.reset()
    with pytest.raises(TimeoutError, match="none"):
        simulator.wait_for_callbacks(1, timeout_seconds=0)


def test_refusal_has_googles_status_and_message(simulator: SimulatorClient) -> None:
    with pytest.raises(SimulatorError, match="FAILED_PRECONDITION: Only a stepped clock") as refused:
        simulator.advance(1)
    assert (refused.value.http_status, refused.value.status) == (400, "FAILED_PRECONDITION")


@pytest.mark.parametrize("agent_id", ["../phones", "a/b?c#d", "ä"])
def test_odd_name_is_refused_and_leads_nowhere_else(simulator: SimulatorClient, agent_id: str) -> None:
    with pytest.raises(SimulatorError, match="INVALID_ARGUMENT"):
        simulator.change_agent(agent_id, display_name="x")


def test_reset_forgets_and_everything_forgets_more(simulator: SimulatorClient) -> None:
    simulator.change_agent(AGENT_ID, display_name="Bank")
    send(simulator)
    simulator.reset()
    assert (simulator.messages(), len(simulator.agents())) == ([], 1)
    simulator.reset(everything=True)
    assert simulator.agents() == []


def test_stepped_clock_is_advanced(webhook_url: str) -> None:
    settings = SimulatorSettings(webhook_url=webhook_url, client_token=TOKEN, clock=ClockMode.STEPPED)
    with simulator_in_thread(settings) as simulator:
        send(simulator, number="+4915155500103")
        simulator.advance(3600)
        assert simulator.callbacks() == []
        simulator.phone("+4915155500103").update(is_online=True)
        simulator.advance(60)
        assert [callback["eventType"] for callback in simulator.callbacks()] == ["DELIVERED", "READ"]


def test_port_in_use_is_told() -> None:
    port = find_free_port()
    with simulator_in_thread(SimulatorSettings(port=port)) as simulator:
        assert simulator.url == f"http://127.0.0.1:{port}"
        with pytest.raises(OSError, match="in use"), simulator_in_thread(SimulatorSettings(port=port)):
            pass

"""The pytest plugin, as another project's test run has it: in a process of its own."""

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

@pytest.fixture
def my_webhook_url():
    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.get("secret", "").encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Webhook) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()
"""


@pytest.fixture
def run(pytester: pytest.Pytester):
    """Runs the tests of a project with strict settings and a webhook."""

    def run_tests(source: str, *arguments: str) -> pytest.RunResult:
        pytester.makeconftest(CONFTEST)
        pytester.makepyfile(source)
        strict = ("--strict-markers", "--strict-config", "-W", "error", "-p", "no:cacheprovider")
        scope = ("-o", "asyncio_default_fixture_loop_scope=function")  # unset, it warns
        return pytester.runpytest_subprocess(*strict, *scope, *arguments, timeout=60)

    return run_tests


def test_project_talks_to_the_simulator(run) -> None:
    run("""
    import urllib.request

    def test_reply(rbm_simulator, my_webhook_url):
        rbm_simulator.register_webhook(my_webhook_url, "TOKEN")
        request = urllib.request.Request(
            rbm_simulator.url + "/v1/phones/+14155550101/agentMessages"
            "?agentId=a&messageId=5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11",
            data=b'{"contentMessage": {"text": "Hello!"}}',
            headers={"Authorization": "Bearer t", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200
        rbm_simulator.phone("+14155550107").perform("text", agent_id="a", text="Hi")
        callbacks = rbm_simulator.wait_for_callbacks(3)
        assert {each["eventType"] for each in callbacks} == {"DELIVERED", "READ", "text"}
        assert callbacks[0]["outcome"] == "acknowledged"
    """).assert_outcomes(passed=1)


def test_each_test_finds_the_same_simulator_as_at_its_start(run) -> None:
    run("""
    import pytest

    urls = set()

    @pytest.mark.parametrize("number", range(3))
    def test_first(rbm_simulator, my_webhook_url, number):
        urls.add(rbm_simulator.url)
        assert rbm_simulator.agents() == []
        assert rbm_simulator.wire() == []
        assert rbm_simulator.call("GET", "webhooks") == {"webhooks": []}
        assert rbm_simulator.call("GET", "settings")["seed"] == 0
        rbm_simulator.register_webhook(my_webhook_url, "TOKEN")
        rbm_simulator.phone("+14155550107").perform("text", agent_id="a", text="Hi")
        assert rbm_simulator.wait_for_callbacks(1)

    def test_last():
        assert len(urls) == 1
    """).assert_outcomes(passed=4)


def test_clock_is_real_or_stepped(run) -> None:
    run("""
    import pytest

    def find_mode(simulator):
        return simulator.call("GET", "clock")["mode"]

    def test_usually(rbm_simulator):
        assert find_mode(rbm_simulator) == "real"

    @pytest.mark.rbm_clock("stepped")
    def test_marked(rbm_simulator):
        assert find_mode(rbm_simulator) == "stepped"
        rbm_simulator.advance(7 * 24 * 3600)
    """).assert_outcomes(passed=2)


def test_ini_file_chooses_clock_and_seed(run) -> None:
    run(
        """
    def test_settings(rbm_simulator):
        settings = rbm_simulator.call("GET", "settings")
        assert (settings["clock"], settings["seed"]) == ("stepped", 7)
    """,
        *("-o", "rbm_simulator_clock=stepped", "-o", "rbm_simulator_seed=7"),
    ).assert_outcomes(passed=1)


def test_unknown_clock_is_an_error_that_says_so(run) -> None:
    result = run("def test_nothing(rbm_simulator): pass", "-o", "rbm_simulator_clock=sundial")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*clock is real or stepped, not 'sundial'*"])


def test_asynchronous_tests_can_use_it(run) -> None:
    run(
        """
    import asyncio

    async def test_inside_a_loop(rbm_simulator):
        assert await asyncio.to_thread(rbm_simulator.agents) == []
    """,
        "-o",
        "asyncio_mode=auto",
    ).assert_outcomes(passed=1)


def test_whoever_does_not_use_it_does_not_load_it(run) -> None:
    run("""
    import sys

    def test_imports():
        assert "rbm_ops.simulator.pytest_plugin" in sys.modules
        assert not {"aiohttp", "msgspec", "urllib3", "rbm_ops.simulator.client"} & set(sys.modules)
    """).assert_outcomes(passed=1)


def test_fixture_is_listed_with_what_it_is(run) -> None:
    result = run("", "--fixtures")
    result.stdout.fnmatch_lines(["rbm_simulator*", "*Google's platform*"])

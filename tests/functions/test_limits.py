"""Nothing is read without an end or waited for without an end: read from the source of what is deployed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "functions"
FILES = sorted(FUNCTIONS.rglob("*.py"))
# Ways out that are none of ours, and would bring no time limit of ours.
_OTHER_WAYS = {"aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "ssl", "urllib.request"}


def read_faults(source: str, name: str) -> list[str]:
    """What in this file reads or waits without a limit."""
    tree = ast.parse(source)
    return [f"{name}:{line} {fault}" for line, fault in (*_find_imports(tree), *_find_calls(tree))]


def _find_imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name in _OTHER_WAYS or name.partition(".")[0] in _OTHER_WAYS:
                yield node.lineno, f"imports {name}"


def _find_calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    limited = {id(call) for call in _calls_within_timeouts(tree)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        rule = _RULES.get(_last_name(call.func))
        if rule is not None and not rule(call, id(call) in limited):
            yield call.lineno, f"calls {ast.unparse(call.func)} without a limit"


def _calls_within_timeouts(tree: ast.AST) -> Iterator[ast.AST]:
    for block in (node for node in ast.walk(tree) if isinstance(node, ast.AsyncWith)):
        if any(ast.unparse(item.context_expr).startswith("asyncio.timeout(") for item in block.items):
            yield from ast.walk(block)


def _last_name(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]


def _has(*names: str) -> object:
    return lambda call, _limited: set(names) <= {keyword.arg for keyword in call.keywords}


def _is_limited(_call: ast.Call, is_limited: bool) -> bool:
    return is_limited


def _never(_call: ast.Call, _is_limited: bool) -> bool:
    return False


# The function's last name → what a call of it must have.
_RULES = {
    "call_service": _has("timeout_seconds", "metadata"),
    "PoolManager": _never,  # connections.py alone has pools, with a limit on every wait
    "make_pool": lambda call, _limited: len(call.args) == 1,
    "run_in_executor": _is_limited,
    "wait": _has("timeout"),
    "wait_for": _has("timeout"),
    "read_body": lambda call, _limited: len(call.args) == 2,
    "body": _never,  # of a request: as large as it likes
    "json": _never,
    "urlopen": _never,
    "read": lambda call, _limited: bool(call.args),  # of a file or an answer; a document has a size
    "PubSubPublisher": _has("timeout_seconds"),
    "FirestoreLedger": _has("timeout_seconds"),
    "HttpRbmApi": _has("timeout_seconds"),
    "GoogleTokens": _has("timeout_seconds"),
    "GroupCommit": _has("timeout_seconds", "limits"),
}


def test_everything_deployed_reads_and_waits_with_a_limit() -> None:
    assert len(FILES) > 50
    faults = [fault for file in FILES for fault in read_faults(file.read_text(), file.name)]
    assert faults == []


@pytest.mark.parametrize(
    "source",
    [
        "import requests",
        "from urllib.request import urlopen",
        "import http.client",
        "pool = urllib3.PoolManager()",
        "await call_service(call, request, metadata=metadata)",
        "await loop.run_in_executor(None, call)",
        "await asyncio.wait(tasks)",
        "await request.body()",
        "await request.json()",
        "await entry.read_body(request)",
        "response.read()",
        "FirestoreLedger(project=project)",
    ],
)
def test_what_has_no_limit_is_found(source: str) -> None:
    assert len(read_faults(source, "planted.py")) == 1


def test_what_a_channel_may_receive_is_bounded() -> None:
    source = (FUNCTIONS / "rbm_ledger/adapters/channels.py").read_text()
    assert '("grpc.max_receive_message_length", 64 << 20)' in source
    channels = [
        call
        for file in FILES
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and _last_name(call.func) in ("insecure_channel", "secure_channel")
    ]
    assert len(channels) == 2
    assert all("options=_OPTIONS" in ast.unparse(call) for call in channels)

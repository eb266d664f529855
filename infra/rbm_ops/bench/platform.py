"""A platform that does nothing but answer a create call, 50 ms later: `uvicorn rbm_ops.bench.platform:app`.

The simulator checks, remembers and calls back; beside that, at the rates of a benchmark, it would be what is
measured.
"""

import asyncio
import json
import sys
from typing import Any

from rbm_ops.bench.processes import Program
from rbm_ops.ports import find_free_port

ANSWER_SECONDS = 0.05
ANSWER = json.dumps(
    {
        "name": "phones/+14155550123/agentMessages/8f7a1c8e-6d0a-4c2e-9a53-0d1c7e1f2b3a",
        "sendTime": "2026-11-25T10:00:00.123456Z",
        "contentMessage": {"text": "Your order has shipped"},
        "richMessageClassification": {"classificationType": "BASIC_MESSAGE", "segmentCount": 1},
        "totalPayloadSizeBytes": "22",
        "carrier": "carrier-1",
    }
).encode()
_HEAD = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]


async def app(_scope: Any, receive: Any, send: Any) -> None:
    """Plain ASGI: the same answer to every request, whatever its path."""
    while (await receive()).get("more_body"):
        pass
    await asyncio.sleep(ANSWER_SECONDS)
    await send({"type": "http.response.start", "status": 200, "headers": _HEAD})
    await send({"type": "http.response.body", "body": ANSWER})


def platform_program() -> Program:
    port = find_free_port()
    options = ("--port", str(port), "--log-level", "warning", "--no-access-log", "--lifespan", "off")
    return Program(
        "platform", (sys.executable, "-m", "uvicorn", "rbm_ops.bench.platform:app", *options), port
    )

"""The floor: what the framework itself costs, with its async server."""

from typing import Any

import functions_framework.aio
from starlette.responses import Response


@functions_framework.aio.http
async def hello(_request: Any) -> Response:
    return Response("")

"""The floor: what the framework itself costs, with its sync server."""

from typing import Any

import functions_framework


@functions_framework.http
def hello(_request: Any) -> str:
    return ""

"""Where the way of an event begins, and the client token by which it is walked."""

import os
from pathlib import Path
from typing import Any

from rbm_ledger.config import parse_client_tokens
from rbm_ops.doctor.observed import Observed, Unseen
from rbm_ops.smoke.target import Target, read_token

_NO_ADDRESS = Unseen("the address of webhook is not known: give it by --webhook URL")
_CLOSED = Unseen("webhook is closed but for its load balancer: give its address by --webhook URL")
_NO_TOKEN = Unseen("no token of the partner webhook can be read: give them by --tokens-file FILE")


def find_target(observed: Observed, *, webhook: str, tokens_file: Path | None) -> Target | Unseen:
    """By what is given, else by what was observed; raises NoTarget for a file that can't be used."""
    system = observed.system
    address = webhook or _find_address(observed)
    if isinstance(address, Unseen):
        return address
    if tokens_file or "RBM_CLIENT_TOKENS" in os.environ:
        token = read_token(tokens_file)
    else:
        token = _newest_token(observed.sections["secrets"][f"{system.prefix}-client-tokens"]["value"])
    if not token:
        return _NO_TOKEN
    return Target(f"{address.rstrip('/')}/", system.project, system.database, token)


def _find_address(observed: Observed) -> str | Unseen:
    functions = observed.sections["functions"]
    if isinstance(functions, Unseen):
        return _NO_ADDRESS
    service = functions.get("webhook", {}).get("serviceConfig", {})
    if service.get("ingressSettings", "ALLOW_ALL") != "ALLOW_ALL":
        return _CLOSED
    return service.get("uri") or _NO_ADDRESS


def _newest_token(value: Any) -> str:
    """Of the partner webhook; empty where there is none."""
    try:
        return parse_client_tokens(value)[""][0] if isinstance(value, str) else ""
    except (ValueError, KeyError):
        return ""

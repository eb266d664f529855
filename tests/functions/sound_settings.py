"""What each function needs to start, and what reads it."""

import json
from collections.abc import Callable
from typing import Any

from rbm_ledger.config import read_correlate_settings, read_send_settings, read_webhook_settings

TOKEN = "SJENCPGJESMGUFPY"
PROJECT = {"GOOGLE_CLOUD_PROJECT": "some-project"}
WEBHOOK = {**PROJECT, "RBM_EVENTS_TOPIC": "rbm-events", "RBM_CLIENT_TOKENS": json.dumps({"": [TOKEN]})}
READERS: dict[str, Callable[[dict[str, str]], Any]] = {
    "webhook": read_webhook_settings,
    "correlate": read_correlate_settings,
    "send": read_send_settings,
}
NEEDED = {"webhook": WEBHOOK, "correlate": PROJECT, "send": PROJECT}

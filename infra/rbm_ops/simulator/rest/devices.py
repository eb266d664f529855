"""What a message asks of the device that shows it.

Source: guides/build/capabilities, April 2026: a message that uses what the device lacks is answered
400 INVALID_ARGUMENT and not delivered.
"""

from collections.abc import Iterator

from rbm_ops.simulator.contents import find_suggestions
from rbm_ops.simulator.resources import JsonObject

PDF_IN_RICH_CARDS = "PDF_IN_RICH_CARDS"
_CARDS = {"standaloneCard": "RICHCARD_STANDALONE", "carouselCard": "RICHCARD_CAROUSEL"}
_ACTIONS = {
    "dialAction": "ACTION_DIAL",
    "viewLocationAction": "ACTION_VIEW_LOCATION",
    "createCalendarEventAction": "ACTION_CREATE_CALENDAR_EVENT",
    "openUrlAction": "ACTION_OPEN_URL",
    "shareLocationAction": "ACTION_SHARE_LOCATION",
}
# Assumed: since its withdrawal in June 2025 no device has it.
WITHDRAWN_ACTION = "composeAction"


def find_needed_features(content: JsonObject) -> Iterator[str]:
    """In the words of getCapabilities, but for the PDF in a card, which only its type tells."""
    yield from (feature for card, feature in _CARDS.items() if card in content.get("richCard", {}))
    for kind, chip in find_suggestions(content):
        if kind == "action":
            yield from _find_needs_of_action(chip)


def _find_needs_of_action(action: JsonObject) -> Iterator[str]:
    yield from (feature for name, feature in _ACTIONS.items() if name in action)
    if action.get("openUrlAction", {}).get("application") == "WEBVIEW":
        yield "ACTION_OPEN_URL_IN_WEBVIEW"
    if WITHDRAWN_ACTION in action:
        yield WITHDRAWN_ACTION

"""The topics and subscriptions of the system.

As in the cloud but for the back-off: there 10 s to 600 s, here 1 s to 10 s, so that a person can watch.
"""

from dataclasses import dataclass

EVENTS = "rbm-events"
SEND_REQUESTS = "rbm-send-requests"
UPDATES = "rbm-updates"
DEAD_LETTERS = "rbm-dead-letters"
TOPICS = (EVENTS, SEND_REQUESTS, UPDATES, DEAD_LETTERS)

ACK_DEADLINE_SECONDS = 60
MAX_DELIVERY_ATTEMPTS = 10
LEAST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class PushSubscription:
    name: str
    topic: str
    function: str


PUSH_SUBSCRIPTIONS = (
    PushSubscription("rbm-events-correlate", EVENTS, "correlate"),
    PushSubscription("rbm-send-requests-send", SEND_REQUESTS, "send"),
)
DEAD_LETTER_SUBSCRIPTION = "rbm-dead-letters-kept"

# Of the local cloud only: what the console watches, each by a subscription of its own.
CONSOLE_SUBSCRIPTIONS = {"rbm-updates-console": UPDATES, "rbm-dead-letters-console": DEAD_LETTERS}

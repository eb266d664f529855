"""The platform's AgentMessage and its published limits, as one table.

Sources: developers.google.com/business-communications/rcs-business-messaging: guides/build/messages/send,
reference/rest/v1/phones.agentMessages (read 2026-04); limits that only Google's generated
Java client states (`rcsbusinessmessaging` v1, June 2025) are marked JAVA. Unknown members pass: Google adds
some without notice.
"""

from collections.abc import Iterator

from rbm_ledger.domain.checks import (
    Check,
    anything,
    boolean,
    items,
    members,
    number,
    one_of,
    text,
    with_schema,
)
from rbm_ledger.domain.errors import Fault
from rbm_ledger.domain.json_bytes import JsonObject, encode_compact
from rbm_ledger.domain.times import parse_rfc3339

MAX_MESSAGE_BYTES = 250 * 1024
MAX_TTL_SECONDS = 15 * 24 * 3600

TRAFFIC_TYPES = (
    "AUTHENTICATION",
    "TRANSACTION",
    "PROMOTION",
    "SERVICEREQUEST",
    "ACKNOWLEDGEMENT",
    "MESSAGE_TRAFFIC_TYPE_UNSPECIFIED",
)

_URL = text(
    at_most=2048, pattern=r"[Hh][Tt][Tt][Pp][Ss]?://[^ \t\n\r\f\v]+", form="an http(s) address"
)  # JAVA

# What a pattern can say of them; the checks below say the rest.
_TIME = text(
    pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})",
    form="a time like 2026-11-22T10:00:00Z",
)
_DURATION = text(pattern=r"[0-9]{1,10}(\.[0-9]{1,9})?s", form='seconds like "600s" or "3.5s"')


@with_schema(_TIME.schema)
def _rfc3339(value: object, path: str) -> Iterator[Fault]:
    if parse_rfc3339(value) is None:
        yield Fault(path, "must be a time like 2026-11-22T10:00:00Z")


@with_schema(_DURATION.schema)
def _ttl(value: object, path: str) -> Iterator[Fault]:
    faults = list(_DURATION(value, path))
    yield from faults
    if not faults and not 0 < parse_ttl_seconds(value) <= MAX_TTL_SECONDS:
        yield Fault(path, f"must be more than 0s and at most {MAX_TTL_SECONDS}s (15 days)")


def parse_ttl_seconds(ttl: object) -> float:
    """Seconds of a duration that the table has let pass."""
    return float(str(ttl).removesuffix("s"))


_ACTIONS: dict[str, Check] = {
    "dialAction": members(
        {"phoneNumber": text(pattern=r"[0-9+*#]+", form="digits, +, * and #")}, required=("phoneNumber",)
    ),
    "viewLocationAction": members(
        {
            "latLong": members(
                {
                    "latitude": number(at_least=-90, at_most=90),
                    "longitude": number(at_least=-180, at_most=180),
                },
                required=("latitude", "longitude"),
            ),
            "label": text(),
            "query": text(),
        },
        exactly_one_of=("latLong", "query"),
    ),
    "createCalendarEventAction": members(
        {
            "startTime": _rfc3339,
            "endTime": _rfc3339,
            "title": text(at_most=100),
            "description": text(at_most=500, at_least=0),
        },
        required=("startTime", "endTime", "title"),
    ),
    "openUrlAction": members(
        {
            "url": text(at_most=2048),  # JAVA; other schemes than http(s) open apps
            "application": one_of("BROWSER", "WEBVIEW", "OPEN_URL_APPLICATION_UNSPECIFIED"),
            "webviewViewMode": one_of("FULL", "HALF", "TALL", "WEBVIEW_VIEW_MODE_UNSPECIFIED"),
            "description": text(at_least=0),
        },
        required=("url",),
    ),
    "shareLocationAction": members({}),
    "composeAction": anything,  # withdrawn in June 2025: the platform's to refuse
}

SUGGESTION = members(
    {
        "reply": members(
            {"text": text(at_most=25), "postbackData": text(at_most=2048)}, required=("text", "postbackData")
        ),
        "action": members(
            {
                "text": text(at_most=25),
                "postbackData": text(at_most=2048, at_least=0),
                "fallbackUrl": _URL,
                **_ACTIONS,
            },
            required=("text",),
            exactly_one_of=tuple(_ACTIONS),
        ),
    },
    exactly_one_of=("reply", "action"),
)

# files.create (reference/rest/v1/files/create, read 2026-04).
FILE_MEMBERS: dict[str, Check] = {"fileUrl": _URL, "thumbnailUrl": _URL, "contentDescription": text()}

FILE_BY_URL = members({"fileUrl": _URL, "thumbnailUrl": _URL, "forceRefresh": boolean}, required=("fileUrl",))
UPLOADED_FILE = members({"fileName": text(), "thumbnailName": text()}, required=("fileName",))

CARD = members(
    {
        "title": text(at_most=200, at_least=0),  # JAVA
        "description": text(at_most=2000, at_least=0),  # JAVA
        "media": members(
            {
                "height": one_of("SHORT", "MEDIUM", "TALL", "HEIGHT_UNSPECIFIED"),
                "contentInfo": FILE_BY_URL,
                "uploadedRbmFile": UPLOADED_FILE,
                "contentDescription": text(at_least=0),
            },
            exactly_one_of=("contentInfo", "uploadedRbmFile"),
        ),
        "suggestions": items(SUGGESTION, at_most=4),
    }
)

_RICH_CARD = members(
    {
        "standaloneCard": members(
            {
                "cardOrientation": one_of("HORIZONTAL", "VERTICAL", "CARD_ORIENTATION_UNSPECIFIED"),
                "thumbnailImageAlignment": one_of("LEFT", "RIGHT", "THUMBNAIL_IMAGE_ALIGNMENT_UNSPECIFIED"),
                "cardContent": CARD,
            },
            required=("cardContent",),
        ),
        "carouselCard": members(
            {
                "cardWidth": one_of("SMALL", "MEDIUM", "CARD_WIDTH_UNSPECIFIED"),
                "cardContents": items(CARD, at_least=2, at_most=10),
            },
            required=("cardContents",),
        ),
    },
    exactly_one_of=("standaloneCard", "carouselCard"),
)

CONTENT_MESSAGE = members(
    {
        "text": text(at_most=3072),
        "contentInfo": FILE_BY_URL,
        "uploadedRbmFile": UPLOADED_FILE,
        "richCard": _RICH_CARD,
        "fileName": text(),  # deprecated
        "suggestions": items(SUGGESTION, at_most=11),
    },
    exactly_one_of=("text", "contentInfo", "uploadedRbmFile", "richCard", "fileName"),
)

# The members of an AgentMessage that a caller may set.
AGENT_MESSAGE_MEMBERS: dict[str, Check] = {
    "contentMessage": CONTENT_MESSAGE,
    "messageTrafficType": one_of(*TRAFFIC_TYPES),
    "ttl": _ttl,
    "expireTime": _rfc3339,
}


def check_size(agent_message: JsonObject) -> Iterator[Fault]:
    """The limit on the whole message, as it will be sent."""
    size_bytes = len(encode_compact(agent_message))
    if size_bytes > MAX_MESSAGE_BYTES:
        yield Fault(
            "", f"the message has {size_bytes} bytes as JSON, at most {MAX_MESSAGE_BYTES} are allowed"
        )

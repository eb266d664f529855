"""Phone numbers by what the simulator lets happen to them."""

DELIVERED, UNREACHABLE, REFUSED, THROTTLED, FAILED = (
    f"+1415555{ending}" for ending in ("0102", "0104", "0111", "0112", "0113")
)

TRANSIENT = {"throttled": (THROTTLED, 429, 429), "failed though accepted": (FAILED, 503, 500)}

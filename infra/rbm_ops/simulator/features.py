"""What a phone's RCS client may be able to do, as getCapabilities names it."""

# Source: guides/build/capabilities, April 2026.
FEATURES = frozenset(
    {
        "RICHCARD_STANDALONE",
        "RICHCARD_CAROUSEL",
        "ACTION_CREATE_CALENDAR_EVENT",
        "ACTION_DIAL",
        "ACTION_OPEN_URL",
        "ACTION_OPEN_URL_IN_WEBVIEW",
        "ACTION_SHARE_LOCATION",
        "ACTION_VIEW_LOCATION",
        "PDF_IN_RICH_CARDS",
    }
)

"""The regions of the API, and which of them a phone number belongs to."""

from enum import StrEnum


class Region(StrEnum):
    """Where an agent is hosted, and the first part of a regional endpoint's name (guides/build/agents)."""

    US = "us"
    EUROPE = "europe"
    ASIA = "asia"


# Assumed: by the zone of the country calling code. That batchGet wants the region of the numbers is
# documented (reference/rest/v1/users/batchGet, 2026), which country lies in which region is not.
_REGIONS: dict[str, Region] = {
    "1": Region.US,
    "2": Region.EUROPE,
    "3": Region.EUROPE,
    "4": Region.EUROPE,
    "5": Region.US,
    "6": Region.ASIA,
    "7": Region.EUROPE,
    "8": Region.ASIA,
    "9": Region.ASIA,
}


def region_of(phone_number: str) -> Region:
    """The region of a number in E.164 format."""
    return _REGIONS[phone_number[1]]

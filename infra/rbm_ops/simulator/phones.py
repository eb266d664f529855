"""Phones: the state of a device, and what it does with a message."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from rbm_ops.simulator.fates import fate_of
from rbm_ops.simulator.scripts import Script

# The format of `carrier` is not documented; this name stands for any in the US.
_US_CARRIER = "T-Mobile"
_FORGOTTEN_AFTER = timedelta(days=31)


@dataclass(slots=True, kw_only=True)
class Phone:
    """`carrier` is empty where Google tells none: outside the US."""

    phone_number: str
    script: Script
    carrier: str
    has_rcs: bool = True
    is_online: bool = True
    sends_read_receipts: bool = True
    missing_features: frozenset[str] = frozenset()
    offline_since: datetime | None = None

    @property
    def is_reachable(self) -> bool:
        return self.has_rcs and self.is_online

    def note_connection(self, now: datetime) -> None:
        """To be called when it may have gone online or offline."""
        self.offline_since = None if self.is_online else self.offline_since or now

    def was_seen_lately(self, now: datetime) -> bool:
        """Within the 31 days that Google takes it for an RCS phone (guides/build/capabilities)."""
        return self.offline_since is None or now - self.offline_since <= _FORGOTTEN_AFTER


def is_us_number(phone_number: str) -> bool:
    """Assumed: all of +1, ten digits long, though Canada and the Caribbean share it."""
    return phone_number.startswith("+1") and len(phone_number) == len("+14155550101")


class Phones:
    """Every number is a phone. Those that somebody changed are kept; of the others, the last ones used."""

    def __init__(self, *, remembered: int) -> None:
        self._remembered = remembered
        self._changed: dict[str, Phone] = {}
        self._seen: OrderedDict[str, Phone] = OrderedDict()

    def look_up(self, phone_number: str) -> Phone:
        """As it is now, or as its number's ending makes it; nobody remembers that it was asked for."""
        known = self._changed.get(phone_number) or self._seen.get(phone_number)
        return known or _make_phone(phone_number)

    def find(self, phone_number: str) -> Phone:
        """Made by the number's ending when it is used for the first time."""
        if phone := self._changed.get(phone_number) or self._seen.get(phone_number):
            return phone
        phone = self._seen[phone_number] = _make_phone(phone_number)
        if len(self._seen) > self._remembered:
            self._seen.popitem(last=False)
        return phone

    def keep(self, phone: Phone) -> None:
        """Its state no longer follows from its number."""
        self._changed[phone.phone_number] = phone

    def list(self) -> Iterator[Phone]:
        yield from self._changed.values()
        yield from (phone for number, phone in self._seen.items() if number not in self._changed)

    def clear(self) -> None:
        self._changed.clear()
        self._seen.clear()


def _make_phone(phone_number: str) -> Phone:
    fate = fate_of(phone_number)
    carrier = _US_CARRIER if is_us_number(phone_number) else ""
    return Phone(phone_number=phone_number, script=fate.script, carrier=carrier, **fate.device)

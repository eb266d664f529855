"""Ways to break the platform on purpose, on and off while it runs."""

from typing import Annotated

import msgspec

from rbm_ops.simulator.errors import Status
from rbm_ops.simulator.resources import Copies, Seconds


class Disturbances(msgspec.Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=False):
    """Of callbacks: lose the next ones, delay, double, reverse each pair, sign with a wrong token.

    Of creates: answer with another status than OK, or later.
    """

    drop_next: Annotated[int, msgspec.Meta(ge=0)] = 0
    delay_seconds: Seconds = 0.0
    copies: Copies = 1
    is_reversed: bool = False
    is_wrongly_signed: bool = False
    create_status: Status | None = None
    create_delay_seconds: Seconds = 0.0

    def change(self, other: "Disturbances") -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(other, name))

    def takes_next(self) -> bool:
        """Whether the next callback is lost; counts it."""
        if self.drop_next <= 0:
            return False
        self.drop_next -= 1
        return True

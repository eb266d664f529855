"""What Google's documentation leaves open, and a simulator has to decide: one field for each."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class ApiChoices(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Every choice is undocumented, or documented in two ways; the default is the likelier one.

    `reused_id_status`: the answer to an id that the agent used before. That such a create is ignored is
        documented, its status is not: 200 with the first answer, or 409.
    `strict_ids`: only UUIDs are ids ("must be a UUID", reference/rest/v1/phones.agentMessages/create);
        Google's own samples send others.
    `takes_full_agent_ids`: `name@rbm.goog` is taken for `name`; otherwise it is an unknown agent.
    `takes_unknown_files`: a `files/…` name that this run did not give out may come from an earlier run.
    `small_batch_status`: for fewer than 500 numbers. The guide demands 500; the reference says that the
        sample is 0 below that, as if it were answered.
    `creates_per_second`: agentMessages of one agent, beyond which 429 is answered; None sets no limit.
        No rate is published.
    """

    reused_id_status: Literal[200, 409] = 200
    strict_ids: bool = True
    takes_full_agent_ids: bool = True
    takes_unknown_files: bool = True
    small_batch_status: Literal[200, 400] = 400
    creates_per_second: Annotated[int, Meta(ge=1)] | None = None

"""Changes to phones and agents, as the control API and a configuration file write them."""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from rbm_ops.simulator.agents import Agent, InviteStatus, LaunchState, UseCase
from rbm_ops.simulator.fates import SCRIPTS
from rbm_ops.simulator.features import FEATURES
from rbm_ops.simulator.phones import Phone
from rbm_ops.simulator.regions import Region
from rbm_ops.simulator.scripts import Script

# `$` alone would let a line feed follow.
PhoneNumber: TypeAlias = Annotated[
    str, Meta(pattern=r"^\+[1-9][0-9]{6,14}(?!\n)$", examples=["+14155550107"])
]
AgentId: TypeAlias = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,200}(@rbm\.goog)?(?!\n)$", examples=["growing-tree-bank"])
]
ScriptName: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": list(SCRIPTS)})]
Feature: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": sorted(FEATURES)})]
Color: TypeAlias = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}(?!\n)$", examples=["#0b57d0"])]
ShortText: TypeAlias = Annotated[str, Meta(max_length=200)]


class PhoneChange(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """What is to differ about a phone; members that are absent stay as they are.

    `script` is a name (of a fixed fate, `ordinary`, or `hand`) or a script of one's own.
    """

    script: ScriptName | Script | UnsetType = UNSET
    has_rcs: bool | UnsetType = UNSET
    is_online: bool | UnsetType = UNSET
    sends_read_receipts: bool | UnsetType = UNSET
    missing_features: frozenset[Feature] | UnsetType = UNSET
    carrier: ShortText | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.script, str) and self.script not in SCRIPTS:
            raise ValueError(f"there is no script {self.script!a}, but {', '.join(SCRIPTS)}")
        if isinstance(self.missing_features, frozenset) and (unknown := self.missing_features - FEATURES):
            raise ValueError(f"there is no feature {min(unknown)!a}, but {', '.join(sorted(FEATURES))}")

    def apply_to(self, phone: Phone) -> None:
        changes = _list_changes(self)
        if isinstance(self.script, str):
            changes["script"] = SCRIPTS[self.script]
        for name, value in changes.items():
            setattr(phone, name, value)


class AgentChange(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """What is to differ about an agent; members that are absent stay as they are.

    `launches`, by carrier or `*` for all others, and `testers`, by phone number, are replaced as a whole.
    """

    display_name: ShortText | UnsetType = UNSET
    color: Color | UnsetType = UNSET
    use_case: UseCase | UnsetType = UNSET
    hosting_region: Region | UnsetType = UNSET
    launches: dict[ShortText, LaunchState] | UnsetType = UNSET
    testers: dict[PhoneNumber, InviteStatus] | UnsetType = UNSET

    def apply_to(self, agent: Agent) -> None:
        for name, value in _list_changes(self).items():
            setattr(agent, name, value)


def _list_changes(change: PhoneChange | AgentChange) -> dict[str, object]:
    return {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}

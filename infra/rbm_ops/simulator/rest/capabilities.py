"""phones.getCapabilities and users.batchGet: who can be reached, and with what."""

from collections import defaultdict
from collections.abc import Iterable

from aiohttp import web

from rbm_ops.simulator.agents import Agent
from rbm_ops.simulator.checks import invalid, require_phone_number
from rbm_ops.simulator.clock import Clock
from rbm_ops.simulator.dice import Dice
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.features import FEATURES
from rbm_ops.simulator.phones import Phone, Phones, is_us_number
from rbm_ops.simulator.quotas import Quotas
from rbm_ops.simulator.regions import Region, region_of
from rbm_ops.simulator.resources import JsonObject
from rbm_ops.simulator.rest.choices import ApiChoices
from rbm_ops.simulator.rest.directory import Directory
from rbm_ops.simulator.rest.method import Method
from rbm_ops.simulator.rest.requests import read_json_object, read_region

# Source: guides/build/capabilities; reference/rest/v1/users/batchGet, 2026.
_FEWEST_USERS, _MOST_USERS = 500, 10_000
_SAMPLE_RATIO = 0.75


class CapabilityMethods:
    def __init__(
        self, directory: Directory, phones: Phones, quotas: Quotas, choices: ApiChoices, clock: Clock
    ) -> None:
        self._clock = clock
        self._directory = directory
        self._phones = phones
        self._quotas = quotas
        self._choices = choices

    def list_methods(self) -> tuple[Method, ...]:
        return (
            Method(
                "phones.getCapabilities", "GET", "/v1/phones/{phone}/capabilities", self._get_capabilities
            ),
            Method("users.batchGet", "POST", "/v1/users:batchGet", self._get_users),
        )

    async def _get_capabilities(self, request: web.Request) -> JsonObject:
        """404 also for whom an unlaunched agent does not reach (reference/rest/v1/phones/getCapabilities).

        And for a phone that was offline for 31 days (guides/build/capabilities, April 2026).
        """
        agent, phone = self._directory.find_agent(request), self._directory.find_phone(request)
        is_known = phone.has_rcs and phone.was_seen_lately(self._clock.now())
        if not (is_known and agent.reaches(phone)):
            raise ApiError(Status.NOT_FOUND)
        capabilities: JsonObject = {"features": sorted(FEATURES - phone.missing_features)}
        if is_us_number(phone.phone_number) and phone.carrier:
            capabilities["carrier"] = phone.carrier
        return capabilities

    async def _get_users(self, request: web.Request) -> JsonObject:
        """The agent stands in the body (reference) or in the query (guide)."""
        body = await read_json_object(request)
        agent = self._directory.find_agent(request, body)
        self._quotas.take_batch()
        numbers = self._read_numbers(body.get("users"))
        _check_region(numbers, read_region(request))
        return self._describe_reach(agent, [self._phones.look_up(number) for number in numbers])

    def _read_numbers(self, users: object) -> list[str]:
        """Each number once, however often it stands there (assumed)."""
        if not isinstance(users, list):
            raise invalid("users: must be a list")
        if len(users) > _MOST_USERS:
            raise invalid(f"users: has {len(users)} entries, at most {_MOST_USERS} are allowed")
        numbers = list(dict.fromkeys(map(require_phone_number, users)))
        if len(numbers) < _FEWEST_USERS and self._choices.small_batch_status != 200:
            raise invalid(f"users: has {len(numbers)} different entries, at least {_FEWEST_USERS} are needed")
        return numbers

    def _describe_reach(self, agent: Agent, phones: list[Phone]) -> JsonObject:
        reachable = [phone for phone in phones if phone.has_rcs and agent.reaches(phone)]
        # Drawn from all numbers, for all carriers; empty for a small batch (reference).
        sample = [phone for phone in phones if _is_in_sample(phone)] if len(phones) >= _FEWEST_USERS else []
        answer = {
            "reachableUsers": [phone.phone_number for phone in reachable],
            "totalRandomSampleUserCount": len(sample),
            "reachableRandomSampleUserCount": sum(phone.has_rcs for phone in sample),
        }
        by_carrier = _group_by_carrier(reachable)
        return answer | {"reachableUsersMap": by_carrier} if by_carrier else answer


def _check_region(numbers: list[str], endpoint: Region | None) -> None:
    """Mandatory since May 2026 (whats-new): numbers of one region, at that region's endpoint."""
    regions = {region_of(number) for number in numbers}
    if len(regions) > 1:
        raise invalid("users: all phone numbers must be of the same region")
    if endpoint is None or regions - {endpoint}:
        raise invalid("users: must be sent to the regional endpoint of these phone numbers")


def _is_in_sample(phone: Phone) -> bool:
    """The same numbers every time."""
    return Dice("users.batchGet", phone.phone_number).throw() < _SAMPLE_RATIO


def _group_by_carrier(phones: Iterable[Phone]) -> JsonObject:
    """US numbers only (reference, December 2025)."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for phone in phones:
        if is_us_number(phone.phone_number) and phone.carrier:
            groups[phone.carrier].append(phone.phone_number)
    return {carrier: {"reachableUsers": numbers} for carrier, numbers in groups.items()}

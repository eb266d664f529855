"""What a first plan does not know yet: the addresses of accounts and functions, by what refers to them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rbm_ops.doctor.observed import AFTER_APPLY

_ACCOUNT = "google_service_account."
_FUNCTION = "google_cloudfunctions2_function.function"
_INSTANCE = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+(\[[^\]]+\])?")
# Of an account, by the attribute that refers to it.
_FORMS = {"member": "serviceAccount:{}", "email": "{}", "service_account_email": "{}"}


class Configuration:
    """The references of every resource, and the accounts that they may lead to."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        module = plan.get("configuration", {}).get("root_module", {})
        self._expressions: dict[str, Any] = {
            resource["address"]: resource.get("expressions", {}) for resource in module.get("resources", [])
        }
        self._emails: dict[str, str] = {
            resource["address"]: _email_of(resource["change"]["after"])
            for resource in plan["resource_changes"]
            if resource["type"] == "google_service_account" and resource["change"]["after"]
        }

    def resolve(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        """The values after the apply, as far as they follow from the configuration."""
        change = resource["change"]
        expressions = self._expressions.get(f"{resource['type']}.{resource['name']}", {})
        values = self._fill(change["after"], change.get("after_unknown") or {}, expressions, resource)
        if resource["type"] == "google_cloudfunctions2_function":
            values["service_config"][0].setdefault("uri", f"{AFTER_APPLY}: {resource['address']}")
        return values

    def _fill(
        self, known: Any, unknown: Any, expressions: Any, resource: Mapping[str, Any]
    ) -> dict[str, Any]:
        """`known` with what `unknown` marks, at every depth of blocks."""
        filled = dict(known)
        for name, mark in unknown.items():
            expression = expressions.get(name, {})
            if mark is True:
                value = self._find_value(name, expression, resource)
                if value:
                    filled[name] = value
            elif _is_block(mark) and _is_block(known.get(name)) and _is_block(expression):
                filled[name] = [self._fill(known[name][0], mark[0], expression[0], resource)]
        return filled

    def _find_value(self, name: str, expression: Any, resource: Mapping[str, Any]) -> str:
        references = expression.get("references", []) if isinstance(expression, dict) else []
        for address in _addresses(references, resource.get("index")):
            if address.startswith(f"{_FUNCTION}["):
                return f"{AFTER_APPLY}: {address}"
            if address in self._emails:
                return _FORMS.get(name, "{}").format(self._emails[address])
        is_some_account = any(reference.startswith(_ACCOUNT) for reference in references)
        return AFTER_APPLY if is_some_account else ""


def _addresses(references: Sequence[str], index: Any) -> Iterator[str]:
    """`google_service_account.push.email` without its attribute; with `each.key`, of the same key."""
    for reference in references:
        found = _INSTANCE.match(reference)
        if found:
            if "each.key" in references and not found[1]:
                yield f'{found[0]}["{index}"]'
            yield found[0]


def _email_of(account: Mapping[str, Any]) -> str:
    return account.get("email") or f"{account['account_id']}@{account['project']}.iam.gserviceaccount.com"


def _is_block(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict)

"""A first plan does not know addresses: what refers to what says enough."""

from typing import Any

import pytest

from rbm_ops.doctor.observed import AFTER_APPLY
from rbm_ops.doctor.references import Configuration

_ACCOUNTS = {
    'google_service_account.runtime["send"]': "rbm-send",
    "google_service_account.push": "rbm-push",
}


def _account(address: str, account_id: str) -> dict[str, Any]:
    after = {"account_id": account_id, "project": "p"}
    return {"address": address, "type": "google_service_account", "change": {"after": after}}


def _resolve(references: list[str], *, attribute: str = "member", kind: str = "google_any") -> dict[str, Any]:
    """What becomes of one unknown attribute of `kind.it["send"]`."""
    address = f"{kind}.it"
    configuration = Configuration(
        {
            "resource_changes": [_account(*each) for each in _ACCOUNTS.items()],
            "configuration": {
                "root_module": {
                    "resources": [
                        {"address": address, "expressions": {attribute: {"references": references}}}
                    ]
                }
            },
        }
    )
    change = {"after": {}, "after_unknown": {attribute: True, "etag": True}}
    return configuration.resolve(
        {"address": address, "type": kind, "name": "it", "index": "send", "change": change}
    )


@pytest.mark.parametrize(
    ("references", "member"),
    [
        (["google_service_account.push.member", "google_service_account.push"], "rbm-push"),
        (["google_service_account.runtime", "each.key"], "rbm-send"),
        (['google_service_account.runtime["send"].member'], "rbm-send"),
    ],
)
def test_account_is_the_one_that_is_referred_to(references: list[str], member: str) -> None:
    assert _resolve(references) == {"member": f"serviceAccount:{member}@p.iam.gserviceaccount.com"}


def test_account_that_depends_on_more_may_be_any() -> None:
    references = ["google_service_account.runtime", "each.value.reader", "each.value"]
    assert _resolve(references) == {"member": AFTER_APPLY}


@pytest.mark.parametrize(
    "references",
    [
        ["google_cloudfunctions2_function.function", "each.key"],
        ['google_cloudfunctions2_function.function["send"].service_config[0].uri'],
    ],
)
def test_address_of_a_function_is_named_by_the_function(references: list[str]) -> None:
    found = _resolve(references, attribute="push_endpoint")
    assert found == {"push_endpoint": f'{AFTER_APPLY}: google_cloudfunctions2_function.function["send"]'}


def test_what_refers_to_nothing_of_ours_stays_unknown() -> None:
    assert _resolve(["var.member"]) == {}

"""The APIs are read page by page; what they refuse is an error with its reason, and nothing more."""

import pytest
from tests.support.false_google import FalseGoogle, running_google

from rbm_ops.google_apis import ADDRESSES, GoogleApis, Refused
from rbm_ops.ports import find_free_port


def test_list_is_that_of_all_pages() -> None:
    pages = {"": {"topics": [1, 2], "nextPageToken": "more"}, "more": {"topics": [3]}}
    google = FalseGoogle({"pubsub/topics": lambda said: pages[said.get("pageToken", "")]})
    with running_google(google) as apis:
        assert apis.list("pubsub", "topics", "topics", {"filter": "x"}) == [1, 2, 3]
    assert [said["filter"] for _, said in google.asked] == ["x", "x"]


def test_what_is_not_there_is_none_and_what_is_refused_an_error() -> None:
    with running_google(FalseGoogle({"run/closed": 403})) as apis:
        assert apis.find("run", "none") is None
        with pytest.raises(Refused) as refusal:
            apis.find("run", "closed")
    assert refusal.value.http_status == 403
    assert "PRIVATE" not in str(refusal.value)


def test_body_is_posted_as_json() -> None:
    google = FalseGoogle({"logs/entries:list": lambda said: {"said": said}})
    with running_google(google) as apis:
        assert apis.post("logs", "entries:list", {"pageSize": 1}) == {"said": {"pageSize": 1}}


def test_nobody_there_is_an_error_without_an_address() -> None:
    apis = GoogleApis({}, dict.fromkeys(ADDRESSES, f"http://127.0.0.1:{find_free_port()}"))
    with pytest.raises(Refused, match="no answer") as refusal:
        apis.get("run", "services")
    assert refusal.value.http_status == 0

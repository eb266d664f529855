"""`rbm doctor --project`: what Google's REST APIs say is read as it is, and each broken thing is named."""

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.infra.terraform.doctored import LEDGER, REGION, SUBSCRIPTIONS, TOKENS, answer_for, located
from tests.infra.terraform.plans import Plan
from tests.infra.terraform.variants import PROJECT
from tests.support.false_google import Answer, FalseGoogle, running_google

from rbm_ops.doctor.checks import make_checks
from rbm_ops.doctor.deployed import observe_deployed
from rbm_ops.doctor.findings import Finding, Verdict, exit_status, run_checks
from rbm_ops.doctor.observed import Observed, Unseen
from rbm_ops.doctor.planned import observe_plan

_Answers = dict[str, Answer]
_NOT_ASKED = Unseen("not asked here", is_natural=True)


@pytest.fixture
def answers(default_plan: Plan) -> _Answers:
    """Of a deployment that is well, for a test to break."""
    return answer_for(observe_plan(default_plan.as_terraform_shows_it()))


def _examine(answers: _Answers) -> list[Finding]:
    with running_google(FalseGoogle(answers)) as apis:
        seen = observe_deployed(apis, project=PROJECT, region=REGION, prefix="rbm", database="rbm-ledger")
    observed = Observed(seen.system, {**seen.sections, "platform": _NOT_ASKED})
    return list(run_checks(make_checks(observed.system), observed))


def test_nothing_is_wrong_with_what_is_deployed_as_planned(answers: _Answers) -> None:
    findings = _examine(answers)
    assert [each for each in findings if each.verdict is Verdict.FAULT] == []
    assert exit_status(findings) == 0
    assert sum(each.verdict is Verdict.WELL for each in findings) >= 20


def _set(path: str, answer: Answer) -> Callable[[_Answers], None]:
    return lambda answers: answers.update({path: answer})


def _edit(path: str, **members: Any) -> Callable[[_Answers], None]:
    def edit(answers: _Answers) -> None:
        found = answers[path]
        assert isinstance(found, dict)
        answers[path] = {**found, **members}

    return edit


def _drop(path: str, member: str, name: str, **left: Any) -> Callable[[_Answers], None]:
    """Out of a list, or but for `left` of it."""

    def drop(answers: _Answers) -> None:
        found = answers[path]
        assert isinstance(found, dict)
        kept = [{**each, **left} if each["name"].endswith(name) else each for each in found[member]]
        answers[path] = {member: [each for each in kept if left or not each["name"].endswith(name)]}

    return drop


def _value(text: str) -> Answer:
    return {"payload": {"data": base64.b64encode(text.encode()).decode()}}


_FIELDS = f"{LEDGER}/collectionGroups/-/fields"
_INDEXES = f"{LEDGER}/collectionGroups/-/indexes"
_PURGE = "collectionGroups/messages/fields/purgeTime"
_PUSH = f"{SUBSCRIPTIONS}/rbm-events-correlate"
_SEND = located("functions", "functions", "send")
_BROKEN: dict[str, tuple[Callable[[_Answers], None], str]] = {
    "subscription rbm-events-correlate": (
        _drop(SUBSCRIPTIONS, "subscriptions", "rbm-events-correlate"),
        r"gcloud pubsub subscriptions create rbm-events-correlate .*--push-endpoint=https://correlate\.function",
    ),
    "dead-letter grants": (
        _set(f"{_PUSH}:getIamPolicy", {}),
        r"gcloud pubsub subscriptions add-iam-policy-binding rbm-events-correlate .*gcp-sa-pubsub",
    ),
    "publishing grants": (
        _set(f"pubsub/projects/{PROJECT}/topics/rbm-send-requests:getIamPolicy", {}),
        r"gcloud pubsub topics add-iam-policy-binding rbm-send-requests .*rbm-send@",
    ),
    "webhook is open to Google": (
        _set(f"{located('run', 'services', 'webhook')}:getIamPolicy", {}),
        r"gcloud run services add-iam-policy-binding rbm-webhook .*--member=allUsers",
    ),
    "correlate and send are closed to others": (
        _edit(located("run", "services", "send"), invokerIamDisabled=True),
        r"gcloud run services update rbm-send --invoker-iam-check",
    ),
    "grants on the secrets": (
        _set(f"{TOKENS}:getIamPolicy", {}),
        r"gcloud secrets add-iam-policy-binding rbm-client-tokens .*rbm-webhook@",
    ),
    "database rbm-ledger": (_set(LEDGER, 404), r"gcloud firestore databases create --database=rbm-ledger"),
    "TTL policies": (
        _drop(_FIELDS, "fields", _PURGE, ttlConfig={"state": "CREATING"}),
        r"gcloud firestore fields ttls update purgeTime --collection-group=messages --enable-ttl",
    ),
    "index exemptions": (
        _drop(_FIELDS, "fields", "messages/fields/events"),
        r"gcloud firestore indexes fields update events --collection-group=messages --disable-indexes",
    ),
    "composite indexes": (
        _set(_INDEXES, {}),
        r"gcloud firestore indexes composite create --collection-group=messages",
    ),
    "job rbm-sweep": (
        _edit(located("scheduler", "jobs", "sweep"), state="PAUSED"),
        r"gcloud scheduler jobs resume rbm-sweep",
    ),
    "job rbm-drain": (
        _edit(located("scheduler", "jobs", "drain"), status={"code": 13}),
        r"gcloud run services logs read rbm-correlate",
    ),
    "function rbm-send": (_edit(_SEND, state="FAILED"), r"gcloud run services logs read rbm-send"),
    "secret rbm-client-tokens": (
        _set(f"{TOKENS}/versions/latest:access", _value('{"": "PRIVATE"}')),
        r"gcloud secrets versions add rbm-client-tokens",
    ),
}


@pytest.mark.parametrize("check", _BROKEN)
def test_what_is_broken_is_named_with_the_command_that_mends_it(answers: _Answers, check: str) -> None:
    change, mend = _BROKEN[check]
    change(answers)
    findings = _examine(answers)
    faults = [each for each in findings if each.verdict is Verdict.FAULT]
    assert {fault.check for fault in faults} == {check}
    assert re.search(mend, faults[0].mend)
    assert not any("PRIVATE" in repr(each) for each in findings)
    assert exit_status(findings) == 1


def test_secret_without_an_enabled_version_is_named(answers: _Answers) -> None:
    answers[f"{TOKENS}/versions/latest"] = {"state": "DISABLED"}
    faults = [each for each in _examine(answers) if each.verdict is Verdict.FAULT]
    assert [fault.detail.partition(":")[0] for fault in faults] == ["has no enabled version"]


def test_what_may_not_be_looked_at_is_said_and_keeps_nothing_else_from_it(answers: _Answers) -> None:
    answers[_FIELDS] = 403
    _set(f"{located('run', 'services', 'webhook')}:getIamPolicy", {})(answers)
    findings = {each.check: each for each in _examine(answers)}
    assert findings["TTL policies"].verdict is Verdict.NOT_CHECKED
    assert "HTTP 403" in findings["TTL policies"].detail
    assert findings["webhook is open to Google"].verdict is Verdict.FAULT
    assert findings["composite indexes"].verdict is Verdict.WELL


def test_project_that_may_not_be_looked_at_is_status_2(answers: _Answers) -> None:
    findings = _examine(dict.fromkeys(answers, 403))
    assert {each.verdict for each in findings} == {Verdict.NOT_CHECKED}
    assert exit_status(findings) == 2

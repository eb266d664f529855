"""Topics and subscriptions: there, joined up, patient, and with dead letters."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from rbm_ledger.environment import Environment
from rbm_ops.doctor import mends
from rbm_ops.doctor.expected import KEPT_DEAD_LETTERS, PUSHED, TOPICS, Pushed
from rbm_ops.doctor.findings import Check, Fault
from rbm_ops.doctor.observed import AFTER_APPLY, Kind, Observed, System, short_name

_WEEK_SECONDS = 604_800
_MONTH_SECONDS = 2_678_400
_PUSHED = 'google_pubsub_subscription.push["{key}"]'
_KEPT = "google_pubsub_subscription.dead_letters"


def make_checks(system: System) -> list[Check]:
    prefix = system.prefix
    return [
        *(Check(f"topic {prefix}-{name}", partial(_find_topic, key=key)) for key, name in TOPICS.items()),
        *(Check(f"subscription {prefix}-{each.name}", partial(_find_pushed, pushed=each)) for each in PUSHED),
        Check(f"subscription {prefix}-{KEPT_DEAD_LETTERS}", _find_kept),
    ]


def _find_topic(observed: Observed, key: str) -> Iterator[Fault]:
    name = f"{observed.system.prefix}-{TOPICS[key]}"
    if name not in observed.section("topics"):
        create = mends.create_topic(observed.system, name)
        yield Fault("is missing", create, f'google_pubsub_topic.topic["{key}"]')


def _find_pushed(observed: Observed, pushed: Pushed) -> Iterator[Fault]:
    system = observed.system
    name = f"{system.prefix}-{pushed.name}"
    terraform = _PUSHED.format(key=pushed.key)
    subscription = observed.section("subscriptions").get(name)
    function = observed.section("functions").get(pushed.key, {}).get("serviceConfig", {})
    flags = _push_flags(system, function)
    if subscription is None:
        rest = f"{flags} --ack-deadline=60 {_BACK_OFF} {_dead_letter_flags(system)}"
        create = mends.create_subscription(system, name, f"{system.prefix}-{pushed.topic}", rest)
        yield Fault(f"is missing: nothing reaches {pushed.key}", create, terraform)
        return
    update = partial(mends.update_subscription, system, name)
    yield from _find_topic_of(system, subscription, pushed.topic, terraform)
    yield from _find_endpoint(system, subscription, function, update(flags), terraform)
    yield from _find_patience(subscription, function, terraform, update)
    yield from _find_dead_letters(observed, subscription, update(_dead_letter_flags(system)), terraform)
    if system.kind is not Kind.LOCAL:  # an emulator does not outlive its subscriptions
        yield from _find_keeping(subscription, _WEEK_SECONDS, terraform, update)


def _find_kept(observed: Observed) -> Iterator[Fault]:
    system = observed.system
    name = f"{system.prefix}-{KEPT_DEAD_LETTERS}"
    subscription = observed.section("subscriptions").get(name)
    if subscription is None:
        topic = f"{system.prefix}-dead-letters"
        create = mends.create_subscription(system, name, topic, "--message-retention-duration=31d")
        yield Fault("is missing: dead letters are lost", create, _KEPT)
        return
    yield from _find_topic_of(system, subscription, "dead-letters", _KEPT)
    update = partial(mends.update_subscription, system, name)
    if subscription.get("pushConfig", {}).get("pushEndpoint"):
        yield Fault("pushes dead letters away instead of keeping them", update('--push-endpoint=""'), _KEPT)
    if system.kind is not Kind.LOCAL:
        yield from _find_keeping(subscription, _MONTH_SECONDS, _KEPT, update)


def _find_topic_of(
    system: System, subscription: Mapping[str, Any], topic: str, terraform: str
) -> Iterator[Fault]:
    expected, found = f"{system.prefix}-{topic}", short_name(subscription.get("topic", ""))
    if found != expected:
        # A subscription keeps its topic for life.
        name = short_name(subscription.get("name", ""))
        delete = (
            f"gcloud pubsub subscriptions delete {name} --project={system.project}, then rbm doctor again"
        )
        yield Fault(f"is one of {found or 'no topic'}, not of {expected}", delete, terraform)


def _find_endpoint(
    system: System, subscription: Mapping[str, Any], function: Mapping[str, Any], mend: str, terraform: str
) -> Iterator[Fault]:
    config = subscription.get("pushConfig", {})
    endpoint, uri = config.get("pushEndpoint", ""), function.get("uri", "")
    if endpoint.rstrip("/") != uri.rstrip("/") or not endpoint:
        yield Fault(f"pushes to {endpoint or 'nowhere'}, not to {uri or 'its function'}", mend, terraform)
    if system.kind is Kind.LOCAL:
        return
    account = config.get("oidcToken", {}).get("serviceAccountEmail", "")
    if account != system.account("push"):
        yield Fault(f"calls as {account or 'nobody'}, not as {system.account('push')}", mend, terraform)
    audience = config.get("oidcToken", {}).get("audience") or uri
    if audience.rstrip("/") != uri.rstrip("/"):
        yield Fault(f"makes its identity token for {audience}, not for {uri}", mend, terraform)


def _find_patience(
    subscription: Mapping[str, Any], function: Mapping[str, Any], terraform: str, update: Any
) -> Iterator[Fault]:
    deadline = subscription.get("ackDeadlineSeconds", 10)
    limit = function.get("timeoutSeconds", 55)
    if deadline <= limit:
        what = f"waits {deadline} s for an answer, its function works for up to {limit} s: work is done twice"
        yield Fault(what, update("--ack-deadline=60"), f"{terraform}, variable ack_deadline_seconds")
    retry = subscription.get("retryPolicy", {})
    least, most = _seconds(retry.get("minimumBackoff")), _seconds(retry.get("maximumBackoff"))
    if not 0 < least < most:
        yield Fault("repeats without growing waits (no retry policy)", update(_BACK_OFF), terraform)
    if subscription.get("filter"):
        yield Fault(f"lets through only {subscription['filter']}", "", f"{terraform}, which has no filter")


def _find_dead_letters(
    observed: Observed, subscription: Mapping[str, Any], mend: str, terraform: str
) -> Iterator[Fault]:
    policy = subscription.get("deadLetterPolicy", {})
    expected, found = f"{observed.system.prefix}-dead-letters", short_name(policy.get("deadLetterTopic", ""))
    if found != expected:
        yield Fault(f"gives up on messages to {found or 'nowhere'}, not to {expected}", mend, terraform)
        return
    send = observed.section("functions").get("send", {}).get("serviceConfig", {})
    setting = Environment(send.get("environmentVariables", {}))
    believed = int(setting.number("MAX_DELIVERY_ATTEMPTS", 10, at_least=1, at_most=100))
    if setting.faults:
        what = f"send does not start: {setting.faults[0].path} {setting.faults[0].problem}"
        yield Fault(what, "terraform apply", "variable max_delivery_attempts")
        return
    attempts = policy.get("maxDeliveryAttempts", 5)
    if attempts != believed:
        what = f"gives up after {attempts} attempts, the functions think after {believed}"
        yield Fault(what, mend, "variable max_delivery_attempts")


def _find_keeping(
    subscription: Mapping[str, Any], least_seconds: int, terraform: str, update: Any
) -> Iterator[Fault]:
    if subscription.get("expirationPolicy", {"ttl": "2678400s"}).get("ttl"):
        yield Fault(
            "is deleted after a time without messages", update("--expiration-period=never"), terraform
        )
    kept = _seconds(subscription.get("messageRetentionDuration", "604800s"))
    if kept < least_seconds:
        flag = f"--message-retention-duration={least_seconds // 86400}d"
        yield Fault(f"keeps messages for {kept / 86400:g} days only", update(flag), terraform)


_BACK_OFF = "--min-retry-delay=10s --max-retry-delay=600s"


def _push_flags(system: System, function: Mapping[str, Any]) -> str:
    uri = function.get("uri", AFTER_APPLY)
    return (
        f"--push-endpoint={uri} --push-auth-service-account={system.account('push')} "
        f"--push-auth-token-audience={uri}"
    )


def _dead_letter_flags(system: System) -> str:
    return f"--dead-letter-topic={system.prefix}-dead-letters --max-delivery-attempts=10"


def _seconds(duration: str | None) -> float:
    """Of `600s`."""
    return float((duration or "0s").removesuffix("s") or 0)

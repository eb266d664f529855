"""What every system has, in tables; tests hold them to Terraform's plan and to the local topology."""

from collections.abc import Iterator
from dataclasses import dataclass

from rbm_ops.doctor.observed import NotSeen, System, Unseen

# Member for Pub/Sub's own agent; any other is the name of one of our accounts.
PUBSUB_AGENT = "Pub/Sub's agent"


@dataclass(frozen=True, slots=True)
class Pushed:
    """A push subscription: `key` is what Terraform calls it by, and the function that it feeds."""

    name: str
    topic: str
    key: str


@dataclass(frozen=True, slots=True)
class Grant:
    """Who (`member`) needs which role on what (`kind` and `name`), and what fails without it.

    `role` may hold {project} and {prefix}. `is_of_spill`: only where webhook spills (SPILL).
    """

    kind: str
    name: str
    role: str
    member: str
    without: str
    terraform: str
    is_of_spill: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A call of Cloud Scheduler each minute."""

    name: str
    function: str
    path: str
    terraform: str
    is_of_spill: bool = False


# By what Terraform calls them.
TOPICS = {
    "events": "events",
    "send_requests": "send-requests",
    "updates": "updates",
    "dead_letters": "dead-letters",
}
PUSHED = (
    Pushed("events-correlate", "events", "correlate"),
    Pushed("send-requests-send", "send-requests", "send"),
)
KEPT_DEAD_LETTERS = "dead-letters-kept"
FUNCTIONS = ("webhook", "correlate", "send")
JOBS = (
    Job("sweep", "send", "/sweep", "google_cloud_scheduler_job.sweep"),
    Job("drain", "correlate", "/drain", "google_cloud_scheduler_job.drain", is_of_spill=True),
)
CLIENT_TOKENS = "client-tokens"
CREDENTIALS = "credentials"

_PUBLISHER = "roles/pubsub.publisher"
_SUBSCRIBER = "roles/pubsub.subscriber"
_INVOKER = "roles/run.invoker"
_DEAD_LETTERS = "Pub/Sub silently never moves what fails again and again to the dead letters"
DEAD_LETTER_GRANTS = (
    Grant(
        *("topic", "dead-letters", _PUBLISHER, PUBSUB_AGENT, _DEAD_LETTERS),
        "google_pubsub_topic_iam_member.dead_letters",
    ),
    *(
        Grant(
            *("subscription", pushed.name, _SUBSCRIBER, PUBSUB_AGENT, _DEAD_LETTERS),
            f'google_pubsub_subscription_iam_member.dead_letters["{pushed.key}"]',
        )
        for pushed in PUSHED
    ),
)
_PUBLISHED = "google_pubsub_topic_iam_member"
PUBLISHING_GRANTS = (
    Grant(
        *("topic", "events", _PUBLISHER, "webhook", "webhook answers Google 503"),
        f'{_PUBLISHED}.runtime["webhook"]',
    ),
    *(
        Grant(
            *("topic", "updates", _PUBLISHER, name, f"no update of {name} reaches anybody"),
            f'{_PUBLISHED}.runtime["{name}"]',
        )
        for name in ("correlate", "send")
    ),
    Grant(
        *("topic", "send-requests", _PUBLISHER, "send", "requests for many can't be split"),
        f"{_PUBLISHED}.split",
    ),
    Grant(
        *("topic", "events", _PUBLISHER, "correlate", "what webhook has spilled is never published"),
        f"{_PUBLISHED}.drain",
        is_of_spill=True,
    ),
)
INVOKING_GRANTS = (
    *(
        Grant(
            *("service", pushed.key, _INVOKER, "push", f"Pub/Sub can't call {pushed.key}"),
            f'google_cloud_run_v2_service_iam_member.push["{pushed.key}"]',
        )
        for pushed in PUSHED
    ),
    *(
        Grant(
            *("service", job.function, _INVOKER, "scheduler", f"Cloud Scheduler can't call {job.path}"),
            f"google_cloud_run_v2_service_iam_member.{'drain' if job.is_of_spill else 'scheduler'}",
            job.is_of_spill,
        )
        for job in JOBS
    ),
)
LEDGER_GRANTS = (
    *(
        Grant(
            *("project", "", "roles/datastore.user", name, f"{name} can't write documents"),
            f'google_project_iam_member.ledger["{name}"]',
        )
        for name in ("correlate", "send")
    ),
    Grant(
        *("project", "", "projects/{project}/roles/{prefix}_spill", "webhook"),
        "webhook can't spill: it answers 503 while Pub/Sub is away",
        "google_project_iam_member.spill",
        is_of_spill=True,
    ),
)
SECRET_READERS = {CLIENT_TOKENS: "webhook", CREDENTIALS: "send"}

# Collection → what nobody searches by. Every collection but those of KEPT has a TTL on purgeTime.
UNINDEXED = {
    "messages": "acceptedTime attempts claim conflicts content events expireTime fallback fallbackDecisions "
    "faults fingerprints gaveUpTime idClaims orphanedTime platform requestedTime revokedTime signed sweep "
    "taps unresolvedTime updatedTime",
    "conversations": "lastInboundAtMs updatedTime",
    "userMessages": "agentReadTime attempts carrier contentText eventId idClaims location repliesTo "
    "richMessageClassification sendTime signed suggestionResponse text updatedTime userFile",
    "quarantine": "raw reason updatedTime",
    "capabilities": "carrier featuresAtMs reachableAtMs unreachableAtMs updatedTime",
    "files": "attempts contentDescription fileUrl fingerprints name thumbnailUrl updatedTime uploadedTime",
    "consents": "acknowledgements heardAtMs optedInAtMs optedOutAtMs updatedTime",
    "evidence": "note ownAtMs updatedTime",
    "senders": "updatedTime",
    "spill": "attributes drainedTime raw updatedTime",
}
KEPT_COLLECTIONS = ("consents", "evidence")
PURGED_BY = "purgeTime"
FOUND_BY_GROUP = ("messages", "messageId")
DEADLINES = ("dueAtMs", "orphanDueAtMs")
SHARD = "sweep.shard"


def purged_collections() -> list[str]:
    return [collection for collection in UNINDEXED if collection not in KEPT_COLLECTIONS]


def unindexed_fields() -> Iterator[tuple[str, str]]:
    """Collection and field, the TTL's own among them."""
    for collection, fields in UNINDEXED.items():
        yield from ((collection, field) for field in fields.split())
    yield from ((collection, PURGED_BY) for collection in purged_collections())


def member_of(system: System, member: str) -> str:
    """Raises NotSeen."""
    if member == PUBSUB_AGENT:
        if not system.pubsub_agent:
            raise NotSeen(Unseen("the number of the project, of which its agent is named, can't be read"))
        return system.pubsub_agent
    return f"serviceAccount:{system.account(member)}"


def role_of(system: System, grant: Grant) -> str:
    """The id of a role has no hyphens."""
    return grant.role.format(project=system.project, prefix=system.prefix.replace("-", "_"))


def resource_of(system: System, kind: str, name: str) -> str:
    """The key of a policy: `topic rbm-events`, `project`."""
    return f"{kind} {system.prefix}-{name}" if name else kind

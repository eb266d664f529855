"""What no command of ours can erase: where else the number may be, for how long, and what to do about it."""

from dataclasses import dataclass

# Printed, for a person to run.
_DELETE = "DELETE FROM `{project}.{dataset}.updates` WHERE STRPOS(data, '{phone_number}') > 0"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    what: str
    until: str
    mend: str = ""


def list_elsewhere(project: str, prefix: str, phone_number: str) -> tuple[Elsewhere, ...]:
    """Periods are those of infra/*.tf as they are by default; the number is whole where it has to be."""
    dataset = f"{prefix.replace('-', '_')}_analytics"
    return (
        Elsewhere(
            "events and requests under way in Pub/Sub",
            "7 days",
            "They, and whatever the user does later, make documents again: run this once more then.",
        ),
        Elsewhere(
            "dead letters that somebody else holds at this moment (rbm deadletters, rbm explain --elsewhere)",
            "10 minutes",
            "Nobody but them can see these: run this once more then.",
        ),
        Elsewhere(
            "backups of Firestore, and point-in-time recovery",
            "backup_retention_days (14), 7 days",
            "Whoever restores one runs this again.",
        ),
        Elsewhere(
            "the table of updates in BigQuery, where analytics = true",
            "analytics_retention_days, else retention_days (90)",
            f"{_DELETE.format(project=project, dataset=dataset, phone_number=phone_number)}  "
            "(rows of the last 30 minutes may refuse it: repeat it)",
        ),
        Elsewhere("log entries: at most its last two digits, and message ids", "30 days"),
        Elsewhere("copies that subscribers of updates have made", "", "Tell them."),
        Elsewhere("texts to or of others that mention it", "retention_days (90)"),
        Elsewhere("what Google's RBM platform and the carriers keep", "", "See your contract with them."),
    )

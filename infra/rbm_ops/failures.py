"""A Google service that does not do what a command asks: what it said, and the likely mend."""

import contextlib
from collections.abc import Iterator

from google.api_core.exceptions import GoogleAPICallError, RetryError
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ops.environment import CouldNotLook

# By what the text of the refusal holds; the first that fits.
_MENDS = {
    "no credentials": "Log in with: gcloud auth application-default login",
    "default credentials": "Log in with: gcloud auth application-default login",
    "UNAUTHENTICATED": "Log in again with: gcloud auth application-default login",
    "PERMISSION_DENIED": "Your identity needs roles/datastore.user (documents), roles/pubsub.subscriber and "
    "roles/pubsub.publisher (messages) in this project.",
    "NOT_FOUND": "Is it the right project (GOOGLE_CLOUD_PROJECT), database (FIRESTORE_DATABASE=rbm-ledger "
    "in the cloud) and prefix?",
    "UNAVAILABLE": "Does it run, and is the network there? Locally: rbm up",
    "DEADLINE_EXCEEDED": "Try again; locally: does rbm up still run?",
}


class NoAnswer(CouldNotLook):
    """A service did not do it; the text has the reason."""


@contextlib.contextmanager
def reporting_failures(service: str) -> Iterator[None]:
    """Whatever the clients raise becomes NoAnswer."""
    try:
        yield
    except NotConfirmed as error:
        raise NoAnswer(_advise(f"{service} did not confirm it: {error.reason}")) from None
    except DefaultCredentialsError as error:
        raise NoAnswer(_advise(f"{service} can't be read: no credentials: {error.args[0]}")) from None
    except (GoogleAPICallError, GoogleAuthError, RetryError) as error:
        raise NoAnswer(_advise(f"{service} can't be read: {error}")) from None
    except TimeoutError:
        raise NoAnswer(f"{service} did not answer in time. {_MENDS['DEADLINE_EXCEEDED']}") from None


def _advise(problem: str) -> str:
    said = problem.replace(" ", "_").upper()
    mend = next((mend for sign, mend in _MENDS.items() if sign.replace(" ", "_").upper() in said), "")
    return f"{problem}. {mend}".replace("..", ".").strip() if mend else problem

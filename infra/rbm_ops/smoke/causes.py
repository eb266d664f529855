"""What a failing step most likely means, and what to look at first."""

from collections.abc import Mapping

# By status, when webhook itself has answered: its errors are JSON.
OF_WEBHOOK: Mapping[int, str] = {
    401: "webhook has no such client token: the signature is wrong. Is the newest version of the secret "
    "rbm-client-tokens the one that was given here?",
    403: "webhook has no such client token. Is the newest version of the secret rbm-client-tokens the one "
    "that was given here?",
    405: "something on the way turns POST into another method: a redirect. Give the address with https.",
    503: "webhook could not publish: its account needs roles/pubsub.publisher on rbm-events.",
}

# By status, when something before webhook has answered.
BEFORE_WEBHOOK: Mapping[int, str] = {
    403: "webhook is not public: allUsers has no roles/run.invoker on it, and its invoker check is on. "
    "See 'terraform output after_apply'.",
    404: "there is no webhook at this address, or it is closed to the internet, as behind a load balancer. "
    "See 'terraform output webhook_address'.",
    429: "too many requests: all instances are busy, or the load balancer's limit is reached.",
    500: "webhook crashed or did not start: gcloud run services logs read rbm-webhook",
    502: "the load balancer does not reach webhook (yet): a new one takes some minutes.",
    503: "webhook does not start: gcloud run services logs read rbm-webhook",
}

NO_CONNECTION = "nothing answers there. Is the address right, and does its name resolve?"
NO_CERTIFICATE = (
    "its certificate is not valid (yet): Google issues one up to an hour after the A record of the domain "
    "names 'terraform output load_balancer_address'."
)
NO_ANSWER = "webhook hangs or does not start: gcloud run services logs read rbm-webhook"
NO_SECRET_BACK = "whatever answers there is not webhook: it did not give the secret back."  # noqa: S105

NO_DOCUMENT = (
    "the event was published but not written. Look at this in turn: the subscription rbm-events-correlate "
    "pushes to correlate (gcloud pubsub subscriptions describe rbm-events-correlate); rbm-push has "
    "roles/run.invoker on rbm-correlate; rbm-correlate has roles/datastore.user (gcloud run services logs "
    "read rbm-correlate)."
)
NO_DATABASE = "there is no such database; see 'terraform output database'."
NO_READING = "whoever runs this may not read documents: roles/datastore.viewer is enough."

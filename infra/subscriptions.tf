# Own push subscriptions, not function-managed triggers: those drop an event after 24 hours and have no dead letters.
resource "google_pubsub_subscription" "push" {
  for_each = local.push_subscriptions

  name                       = each.value.name
  topic                      = google_pubsub_topic.topic[each.value.topic].name
  ack_deadline_seconds       = var.ack_deadline_seconds
  message_retention_duration = "604800s"

  push_config {
    push_endpoint = google_cloudfunctions2_function.function[each.key].service_config[0].uri

    oidc_token {
      service_account_email = google_service_account.push.email
      audience              = google_cloudfunctions2_function.function[each.key].service_config[0].uri
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = "projects/${var.project_id}/topics/${google_pubsub_topic.topic["dead_letters"].name}"
    max_delivery_attempts = var.max_delivery_attempts
  }

  # Else it would be deleted after 31 days without a message.
  expiration_policy {
    ttl = ""
  }
}

# A dead letter on a topic that nobody subscribes to would be lost.
resource "google_pubsub_subscription" "dead_letters" {
  name                       = "${local.topics.dead_letters}-kept"
  topic                      = google_pubsub_topic.topic["dead_letters"].name
  ack_deadline_seconds       = var.ack_deadline_seconds
  message_retention_duration = "2678400s"

  expiration_policy {
    ttl = ""
  }
}

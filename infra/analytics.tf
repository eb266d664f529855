# Every update, as it was published, in one table; views make sense of it. Pub/Sub writes it by itself.
locals {
  analytics_count        = var.analytics ? 1 : 0
  analytics_subscription = "${local.topics.updates}-analytics"

  # All text: an update that is no JSON for BigQuery (too wide a number, say) is still a row. A column per field, or one
  # of type JSON, would refuse what a later release or a user's payload brings, and it would end in the dead letters.
  # Names and types: cloud.google.com/pubsub/docs/bigquery, read 2026-11.
  update_columns = {
    subscription_name = "STRING"
    message_id        = "STRING"
    publish_time      = "TIMESTAMP"
    data              = "STRING"
    attributes        = "STRING"
  }
}

resource "google_bigquery_dataset" "analytics" {
  count = local.analytics_count

  dataset_id    = "${replace(var.prefix, "-", "_")}_analytics"
  friendly_name = "rbm-ledger: updates"
  description   = "What ${local.topics.updates} said of every message, user message, consent, fallback, capability and file. Holds phone numbers."
  location      = var.region

  deletion_policy            = local.ledger_deletion_policy
  delete_contents_on_destroy = !var.delete_protection

  dynamic "default_encryption_configuration" {
    for_each = var.cmek_key[*]

    content {
      kms_key_name = default_encryption_configuration.value
    }
  }

  depends_on = [google_project_service.api, time_sleep.analytics_encryption]
}

resource "google_bigquery_table" "updates" {
  count = local.analytics_count

  dataset_id  = google_bigquery_dataset.analytics[0].dataset_id
  table_id    = "updates"
  description = "One row for each delivery of an update: data is its JSON, attributes what subscribers filter on."
  schema      = jsonencode([for name, type in local.update_columns : { name = name, type = type, mode = "NULLABLE" }])

  # Abandoned like the documents when they outlive terraform destroy; the provider's own protection would stop it midway.
  deletion_policy     = local.ledger_deletion_policy
  deletion_protection = false

  time_partitioning {
    type          = "DAY"
    field         = "publish_time"
    expiration_ms = coalesce(var.analytics_retention_days, var.retention_days) * 86400000
  }
}

# Without it Pub/Sub refuses to make the subscription.
resource "google_bigquery_table_iam_member" "analytics" {
  count = local.analytics_count

  dataset_id = google_bigquery_table.updates[0].dataset_id
  table_id   = google_bigquery_table.updates[0].table_id
  role       = "roles/bigquery.dataEditor"
  member     = local.service_agents.pubsub.member

  depends_on = [google_project_service_identity.agent]
}

resource "time_sleep" "analytics_grant" {
  count = local.analytics_count

  create_duration = "60s"
  triggers        = { grant = google_bigquery_table_iam_member.analytics[0].member }
}

resource "google_pubsub_subscription" "analytics" {
  count = local.analytics_count

  name                       = local.analytics_subscription
  topic                      = google_pubsub_topic.topic["updates"].name
  message_retention_duration = "604800s"

  bigquery_config {
    table          = "${var.project_id}.${google_bigquery_table.updates[0].dataset_id}.${google_bigquery_table.updates[0].table_id}"
    write_metadata = true
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = "projects/${var.project_id}/topics/${google_pubsub_topic.topic["dead_letters"].name}"
    max_delivery_attempts = var.max_delivery_attempts
  }

  expiration_policy {
    ttl = ""
  }

  depends_on = [time_sleep.analytics_grant]
}

resource "google_pubsub_subscription_iam_member" "analytics_dead_letters" {
  count = local.analytics_count

  subscription = google_pubsub_subscription.analytics[0].name
  role         = "roles/pubsub.subscriber"
  member       = local.service_agents.pubsub.member

  lifecycle {
    replace_triggered_by = [google_pubsub_subscription.analytics[0].id]
  }
}

resource "google_bigquery_dataset_iam_member" "analytics_reader" {
  for_each = var.analytics ? var.analytics_readers : []

  dataset_id = google_bigquery_dataset.analytics[0].dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.key
}

# BigQuery encrypts as an account of its own, which reading it makes exist.
data "google_bigquery_default_service_account" "this" {
  count = var.analytics && var.cmek_key != null ? 1 : 0

  depends_on = [google_project_service.api]
}

resource "google_kms_crypto_key_iam_member" "analytics" {
  count = var.analytics && var.cmek_key != null ? 1 : 0

  crypto_key_id = var.cmek_key
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = data.google_bigquery_default_service_account.this[0].member
}

resource "time_sleep" "analytics_encryption" {
  count = var.analytics && var.cmek_key != null ? 1 : 0

  create_duration = "120s"
  triggers        = { grant = google_kms_crypto_key_iam_member.analytics[0].member }
}

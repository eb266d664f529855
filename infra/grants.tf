# Everything that anybody here may do. One member each, so that no grant of others is ever taken away, and on the
# resource itself; on the project only where Google offers nothing finer, and then under a condition where it can be.

locals {
  # Function and topic that it publishes to.
  topics_published = {
    webhook   = "events"
    correlate = "updates"
    send      = "updates"
  }
}

resource "google_pubsub_topic_iam_member" "runtime" {
  for_each = local.topics_published

  topic  = google_pubsub_topic.topic[each.value].name
  role   = "roles/pubsub.publisher"
  member = google_service_account.runtime[each.key].member
}

# Requests for many are split: one message each.
resource "google_pubsub_topic_iam_member" "split" {
  topic  = google_pubsub_topic.topic["send_requests"].name
  role   = "roles/pubsub.publisher"
  member = google_service_account.runtime["send"].member
}

# correlate publishes what webhook has spilled.
resource "google_pubsub_topic_iam_member" "drain" {
  count = var.spill ? 1 : 0

  topic  = google_pubsub_topic.topic["events"].name
  role   = "roles/pubsub.publisher"
  member = google_service_account.runtime["correlate"].member
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = var.publishers

  topic  = google_pubsub_topic.topic["send_requests"].name
  role   = "roles/pubsub.publisher"
  member = each.key
}

resource "google_pubsub_topic_iam_member" "subscriber" {
  for_each = var.subscribers

  topic  = google_pubsub_topic.topic["updates"].name
  role   = "roles/pubsub.subscriber"
  member = each.key
}

# Pub/Sub's own agent moves what failed too often; without both grants it silently does not.
resource "google_pubsub_topic_iam_member" "dead_letters" {
  topic  = google_pubsub_topic.topic["dead_letters"].name
  role   = "roles/pubsub.publisher"
  member = local.service_agents.pubsub.member

  depends_on = [google_project_service_identity.agent]
}

resource "google_pubsub_subscription_iam_member" "dead_letters" {
  for_each = local.push_subscriptions

  subscription = google_pubsub_subscription.push[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.service_agents.pubsub.member

  lifecycle {
    replace_triggered_by = [google_pubsub_subscription.push[each.key].id]
  }

  depends_on = [google_project_service_identity.agent]
}

# A function is a Cloud Run service; only the role on that service counts. A function made anew has lost it.
resource "google_cloud_run_v2_service_iam_member" "push" {
  for_each = local.push_subscriptions

  name     = google_cloudfunctions2_function.function[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.push.member

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.function[each.key].id]
  }
}

resource "google_cloud_run_v2_service_iam_member" "scheduler" {
  name     = google_cloudfunctions2_function.function["send"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.function["send"].id]
  }
}

resource "google_cloud_run_v2_service_iam_member" "drain" {
  count = var.spill ? 1 : 0

  name     = google_cloudfunctions2_function.function["correlate"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.function["correlate"].id]
  }
}

resource "google_cloud_run_v2_service_iam_member" "caller" {
  for_each = var.callers

  name     = google_cloudfunctions2_function.function["send"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = each.key

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.function["send"].id]
  }
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = local.secrets

  secret_id = google_secret_manager_secret.secret[each.key].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.runtime[each.value.reader].member
}

# Firestore has no policy of its own; the condition is the documented way to one database
# (cloud.google.com/firestore/docs/manage-databases, read 2026-11).
resource "google_project_iam_member" "ledger" {
  for_each = toset(["correlate", "send"])

  project = var.project_id
  role    = "roles/datastore.user"
  member  = google_service_account.runtime[each.key].member

  condition {
    title      = "${var.prefix}-ledger-only"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.ledger.name}\""
  }
}

# webhook is open to everybody, and gets no more than one blind write takes (batchWrite without a precondition,
# cloud.google.com/firestore/docs/security/iam, read 2026-11): it can neither read nor delete a document. Google
# offers nothing finer than the database, so that a webhook in wrong hands could write into any of its documents.
locals {
  spill_role_id = "${replace(var.prefix, "-", "_")}_spill"
  spill_role    = "projects/${var.project_id}/roles/${local.spill_role_id}"
}

resource "google_project_iam_custom_role" "spill" {
  count = var.spill ? 1 : 0

  role_id     = local.spill_role_id
  title       = "${var.prefix}-spill"
  description = "rbm-ledger: webhook keeps events while Pub/Sub is away"
  permissions = ["datastore.entities.create", "datastore.entities.update"]

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "spill" {
  count = var.spill ? 1 : 0

  project = var.project_id
  role    = local.spill_role
  member  = google_service_account.runtime["webhook"].member

  condition {
    title      = "${var.prefix}-ledger-only"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.ledger.name}\""
  }

  depends_on = [google_project_iam_custom_role.spill]
}

resource "google_artifact_registry_repository_iam_member" "build" {
  repository = google_artifact_registry_repository.images.repository_id
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}

# Cloud Functions copies the source into a bucket of its own, made with a region's first function, and builds from
# there (github.com/hashicorp/terraform-provider-google/issues/20571).
resource "google_project_iam_member" "build_source" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title      = "${var.prefix}-source-of-functions-only"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
  }
}

# Logs have no finer resource to write to.
resource "google_project_iam_member" "build_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}

# A grant typically holds everywhere after two minutes; a first build that starts sooner is refused every other time
# (cloud.google.com/iam/docs/access-change-propagation, read 2026-11; the issue named above).
resource "time_sleep" "build_grants" {
  create_duration = "120s"

  depends_on = [
    google_artifact_registry_repository_iam_member.build,
    google_project_iam_member.build_logs,
    google_project_iam_member.build_source,
  ]
}

resource "google_pubsub_topic" "topic" {
  for_each = local.topics

  name         = each.value
  kms_key_name = var.cmek_key

  # Lets the subscription of correlate be sought back after a faulty release: its writes can be repeated.
  # Nothing of the kind for send requests, which would be sent a second time to whoever has forgotten their ids.
  message_retention_duration = each.key == "events" ? "604800s" : null

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }

  depends_on = [google_project_service.api, time_sleep.encryption_grants]
}

# Some things nobody tells: that a deadline has passed, or that a request never came. So somebody has to look.
# Two sweeps at once do no harm, as all their writes commute.
resource "google_cloud_scheduler_job" "sweep" {
  name        = "${var.prefix}-sweep"
  description = "Has send look after the messages whose deadline has passed."
  schedule    = "* * * * *"
  time_zone   = "Etc/UTC"

  # Longer than the function may take: it is its own answer that counts.
  attempt_deadline = "${local.functions.send.timeout_seconds + 5}s"

  # The next minute is the next try.
  retry_config {
    retry_count          = 1
    min_backoff_duration = "10s"
  }

  # Calls of Cloud Scheduler from the same project are internal, by a service's default address, so that send may stay
  # closed to the internet (cloud.google.com/run/docs/securing/ingress, read 2026-11).
  http_target {
    http_method = "POST"
    uri         = "${google_cloudfunctions2_function.function["send"].service_config[0].uri}/sweep"

    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = google_cloudfunctions2_function.function["send"].service_config[0].uri
    }
  }

  depends_on = [google_project_service.api, google_cloud_run_v2_service_iam_member.scheduler]
}

# What webhook has spilled is published as soon as Pub/Sub takes it. Two drains at once do no harm: an event that is
# published twice is written once.
resource "google_cloud_scheduler_job" "drain" {
  count = var.spill ? 1 : 0

  name        = "${var.prefix}-drain"
  description = "Has correlate publish the events that webhook has spilled."
  schedule    = "* * * * *"
  time_zone   = "Etc/UTC"

  attempt_deadline = "${local.functions.correlate.timeout_seconds + 5}s"

  retry_config {
    retry_count          = 1
    min_backoff_duration = "10s"
  }

  http_target {
    http_method = "POST"
    uri         = "${google_cloudfunctions2_function.function["correlate"].service_config[0].uri}/drain"

    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = google_cloudfunctions2_function.function["correlate"].service_config[0].uri
    }
  }

  depends_on = [google_project_service.api, google_cloud_run_v2_service_iam_member.drain]
}

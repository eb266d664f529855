# Google's RBM platform calls without an identity: the signature over each delivery is the authentication, and
# webhook alone is open to it.
resource "google_cloud_run_v2_service_iam_member" "public" {
  count = local.has_public_invoker ? 1 : 0

  name     = google_cloudfunctions2_function.function["webhook"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.function["webhook"].id]
  }
}

# The provider can't turn the invoker check of a function off (google_cloudfunctions2_function, 7.45). The output
# after_apply holds the command that does; until it has been run, every apply says so.
data "google_cloud_run_v2_service" "webhook" {
  count = local.has_public_invoker ? 0 : 1

  name     = google_cloudfunctions2_function.function["webhook"].name
  location = var.region

  depends_on = [google_cloudfunctions2_function.function]
}

check "webhook_is_open" {
  assert {
    condition     = alltrue(data.google_cloud_run_v2_service.webhook[*].invoker_iam_disabled)
    error_message = "Google can't reach webhook: its invoker check is still on. Turn it off with: ${local.turn_invoker_check_off}"
  }
}

locals {
  turn_invoker_check_off = join(" ", [
    "gcloud run services update ${var.prefix}-webhook --no-invoker-iam-check",
    "--region=${var.region} --project=${var.project_id}",
  ])
}

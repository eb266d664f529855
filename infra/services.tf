locals {
  apis = toset(concat(
    [
      "artifactregistry.googleapis.com",
      "cloudbuild.googleapis.com",
      "cloudfunctions.googleapis.com",
      "cloudresourcemanager.googleapis.com",
      "cloudscheduler.googleapis.com",
      "firestore.googleapis.com",
      "iam.googleapis.com",
      "logging.googleapis.com",
      "monitoring.googleapis.com",
      "pubsub.googleapis.com",
      "run.googleapis.com",
      "secretmanager.googleapis.com",
      "storage.googleapis.com",
    ],
    var.credentials_secret ? [] : ["rcsbusinessmessaging.googleapis.com"],
    local.has_load_balancer ? ["compute.googleapis.com"] : [],
    var.cmek_key == null ? [] : ["cloudkms.googleapis.com"],
    var.analytics ? ["bigquery.googleapis.com"] : [],
    var.billing_account == null ? [] : ["billingbudgets.googleapis.com"],
  ))
}

resource "google_project_service" "api" {
  for_each = local.apis

  service = each.key

  # What else in the project uses an API is not ours to know.
  disable_on_destroy = false
}

# Makes Google's own accounts for these services exist, so that roles can be granted to them.
resource "google_project_service_identity" "agent" {
  provider = google-beta
  for_each = local.service_agents

  service = each.value.service

  depends_on = [google_project_service.api]
}

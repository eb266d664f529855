# Whoever keeps something of ours encrypts it with cmek_key. Eventarc is not among them: no function has a trigger.
locals {
  encrypting_agents = {
    artifact_registry = { service = "artifactregistry.googleapis.com", domain = "gcp-sa-artifactregistry" }
    cloud_functions   = { service = "cloudfunctions.googleapis.com", domain = "gcf-admin-robot" }
    cloud_run         = { service = "run.googleapis.com", domain = "serverless-robot-prod" }
    firestore         = { service = "firestore.googleapis.com", domain = "gcp-sa-firestore" }
    secret_manager    = { service = "secretmanager.googleapis.com", domain = "gcp-sa-secretmanager" }
  }

  encrypters = var.cmek_key == null ? {} : merge(
    { for name, agent in local.service_agents : name => agent.member },
    { storage = "serviceAccount:${data.google_storage_project_service_account.this[0].email_address}" },
  )
}

# Reading it makes the account exist.
data "google_storage_project_service_account" "this" {
  count = var.cmek_key == null ? 0 : 1
}

resource "google_kms_crypto_key_iam_member" "encrypter" {
  for_each = local.encrypters

  crypto_key_id = var.cmek_key
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value

  depends_on = [google_project_service_identity.agent]
}

# A grant typically holds everywhere after two minutes (cloud.google.com/iam/docs/access-change-propagation, read 2026-11).
resource "time_sleep" "encryption_grants" {
  count = var.cmek_key == null ? 0 : 1

  create_duration = "120s"
  triggers        = { grants = join(",", sort(values(google_kms_crypto_key_iam_member.encrypter)[*].member)) }
}

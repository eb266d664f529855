mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

mock_provider "google" { alias = "billing" }
mock_provider "google-beta" {}
mock_provider "time" {}

variables {
  project_id = "demo-project"
}

run "googles_keys_by_default" {
  command = plan

  assert {
    condition     = length(google_kms_crypto_key_iam_member.encrypter) == 0 && length(google_firestore_database.ledger.cmek_config) == 0
    error_message = "Without cmek_key nothing touches Cloud KMS."
  }
}

run "own_key_everywhere" {
  command = plan

  variables {
    cmek_key = "projects/keys/locations/us-central1/keyRings/rbm/cryptoKeys/ledger"
  }

  assert {
    condition = toset(concat(
      values(google_pubsub_topic.topic)[*].kms_key_name,
      values(google_cloudfunctions2_function.function)[*].kms_key_name,
      [
        google_firestore_database.ledger.cmek_config[0].kms_key_name,
        google_artifact_registry_repository.images.kms_key_name,
        google_storage_bucket.source.encryption[0].default_kms_key_name,
      ],
      [for secret in google_secret_manager_secret.secret : secret.replication[0].user_managed[0].replicas[0].customer_managed_encryption[0].kms_key_name],
    )) == toset(["projects/keys/locations/us-central1/keyRings/rbm/cryptoKeys/ledger"])
    error_message = "Topics, functions, documents, images, sources and secrets are encrypted with the key."
  }

  assert {
    condition = toset([for grant in google_kms_crypto_key_iam_member.encrypter : "${grant.role} ${grant.member}"]) == toset([
      for agent in [
        "gcf-admin-robot", "gcp-sa-artifactregistry", "gcp-sa-firestore", "gcp-sa-pubsub", "gcp-sa-secretmanager",
        "gs-project-accounts", "serverless-robot-prod",
      ] :
      "roles/cloudkms.cryptoKeyEncrypterDecrypter serviceAccount:service-123456789012@${agent}.iam.gserviceaccount.com"
    ])
    error_message = "Whoever keeps something of ours may use the key, and nobody else."
  }

  assert {
    condition     = length(google_project_service_identity.agent) == 6 && contains(keys(google_project_service.api), "cloudkms.googleapis.com")
    error_message = "Google's accounts exist before they are granted anything."
  }
}

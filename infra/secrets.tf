# Only the secrets: their values are added by gcloud and never pass through Terraform's state.
resource "google_secret_manager_secret" "secret" {
  for_each = local.secrets

  secret_id = each.value.id

  # A version that was destroyed by mistake can be had back for a day.
  version_destroy_ttl = "86400s"

  replication {
    user_managed {
      replicas {
        location = var.region

        dynamic "customer_managed_encryption" {
          for_each = var.cmek_key[*]

          content {
            kms_key_name = customer_managed_encryption.value
          }
        }
      }
    }
  }

  depends_on = [google_project_service.api, time_sleep.encryption_grants]
}

# A function can't start while its secret has no version. Asking here stops the apply with a sentence that says so,
# not after minutes with a container that failed. The value is not fetched.
data "google_secret_manager_secret_version" "latest" {
  for_each = local.secrets

  secret            = google_secret_manager_secret.secret[each.key].secret_id
  fetch_secret_data = false

  # Else it would be asked for before the secret is made.
  depends_on = [google_secret_manager_secret.secret]
}

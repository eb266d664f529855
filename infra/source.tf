locals {
  functions_folder = "${path.module}/../functions"
}

data "archive_file" "functions" {
  type             = "zip"
  source_dir       = local.functions_folder
  output_path      = "${path.module}/.terraform/functions.zip"
  output_file_mode = "0644"
  excludes         = ["**/__pycache__/**", "**/.*", "**/.*/**"]

  lifecycle {
    precondition {
      condition     = alltrue([for name in keys(local.functions) : fileexists("${local.functions_folder}/${name}.py")])
      error_message = "There are no functions beside this folder: apply it from a checkout of the whole repository, where functions/ holds webhook.py, correlate.py and send.py."
    }
  }
}

resource "google_storage_bucket" "source" {
  name                        = "${var.project_id}-${var.prefix}-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # It holds nothing that git does not.
  force_destroy = true

  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      days_since_noncurrent_time = 30
    }
  }

  dynamic "encryption" {
    for_each = var.cmek_key[*]

    content {
      default_kms_key_name = encryption.value
    }
  }

  depends_on = [google_project_service.api, time_sleep.encryption_grants]
}

# The name carries the content's hash: a changed function is a changed object, and is deployed.
resource "google_storage_bucket_object" "source" {
  bucket = google_storage_bucket.source.name
  name   = "functions-${data.archive_file.functions.output_sha256}.zip"
  source = data.archive_file.functions.output_path
}

# A repository of its own: the build account may write into it and into no other.
resource "google_artifact_registry_repository" "images" {
  repository_id = "${var.prefix}-functions"
  location      = var.region
  format        = "DOCKER"
  description   = "Images of the functions of rbm-ledger, as the buildpack makes them."
  kms_key_name  = var.cmek_key

  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"

    most_recent_versions {
      keep_count = 5
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      older_than = "2592000s"
    }
  }

  depends_on = [google_project_service.api, time_sleep.encryption_grants]
}

resource "google_cloudfunctions2_function" "function" {
  for_each = local.functions

  name         = "${var.prefix}-${each.key}"
  location     = var.region
  description  = each.value.description
  kms_key_name = var.cmek_key

  build_config {
    runtime           = "python313"
    entry_point       = each.key
    service_account   = google_service_account.build.id
    docker_repository = google_artifact_registry_repository.images.id

    # The buildpack compiles our files, and the image gives each another time than it had then. With a date, Python's
    # compiler (PEP 552) notes the hash of a file and not its time; else every start would compile them again.
    environment_variables = {
      GOOGLE_FUNCTION_SOURCE = "${each.key}.py"
      SOURCE_DATE_EPOCH      = "315532800"
    }

    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.source.name
      }
    }

    # Security patches of Python and of the base image come without a deployment.
    automatic_update_policy {}
  }

  service_config {
    available_cpu                    = tostring(var.functions[each.key].cpu)
    available_memory                 = "${var.functions[each.key].memory_mib}Mi"
    max_instance_request_concurrency = var.functions[each.key].concurrency
    min_instance_count               = var.functions[each.key].min_instances
    max_instance_count               = var.functions[each.key].max_instances
    timeout_seconds                  = each.value.timeout_seconds
    ingress_settings                 = each.value.ingress
    service_account_email            = google_service_account.runtime[each.key].email
    all_traffic_on_latest_revision   = true

    # One process of the framework's async server is one event loop, which takes any number of requests but one CPU.
    environment_variables = merge(each.value.environment, { WORKERS = tostring(var.functions[each.key].cpu) })

    dynamic "secret_volumes" {
      for_each = { for name, secret in local.secrets : name => secret if secret.reader == each.key }

      content {
        mount_path = dirname(secret_volumes.value.file)
        project_id = var.project_id
        secret     = google_secret_manager_secret.secret[secret_volumes.key].secret_id

        # A new version reaches the running instances: rotation needs no deployment.
        versions {
          version = "latest"
          path    = basename(secret_volumes.value.file)
        }
      }
    }
  }

  depends_on = [
    time_sleep.build_grants,
    data.google_secret_manager_secret_version.latest,
    google_secret_manager_secret_iam_member.reader,
    google_project_iam_member.ledger,
    google_pubsub_topic_iam_member.runtime,
    google_pubsub_topic_iam_member.split,
    google_pubsub_topic_iam_member.drain,
    google_project_iam_member.spill,
    time_sleep.encryption_grants,
  ]
}

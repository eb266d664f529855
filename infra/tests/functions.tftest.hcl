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

run "functions_by_default" {
  command = plan

  assert {
    condition = { for key, each in google_cloudfunctions2_function.function : key => "${each.name} ${each.build_config[0].entry_point} ${each.build_config[0].environment_variables["GOOGLE_FUNCTION_SOURCE"]}" } == {
      webhook   = "rbm-webhook webhook webhook.py"
      correlate = "rbm-correlate correlate correlate.py"
      send      = "rbm-send send send.py"
    }
    error_message = "Three functions, each with an entry point and a file of its own."
  }

  assert {
    condition     = alltrue([for each in google_cloudfunctions2_function.function : each.build_config[0].runtime == "python313" && length(each.event_trigger) == 0])
    error_message = "Every function runs on python313 and has no trigger that would drop events after a day."
  }

  assert {
    condition     = length(toset([for each in google_cloudfunctions2_function.function : each.build_config[0].source[0].storage_source[0].object])) == 1
    error_message = "All functions come from one archive."
  }

  assert {
    condition     = google_storage_bucket_object.source.name == "functions-${data.archive_file.functions.output_sha256}.zip"
    error_message = "The archive's name carries the hash of its content: a changed function is deployed."
  }

  assert {
    condition = (
      google_cloudfunctions2_function.function["correlate"].service_config[0].timeout_seconds < google_pubsub_subscription.push["correlate"].ack_deadline_seconds &&
      google_cloudfunctions2_function.function["send"].service_config[0].timeout_seconds < google_pubsub_subscription.push["send"].ack_deadline_seconds
    )
    error_message = "A function gives up before Pub/Sub pushes its message again."
  }

  assert {
    condition = (
      tonumber(google_cloudfunctions2_function.function["webhook"].service_config[0].environment_variables["PUBLISH_TIMEOUT_SECONDS"]) <
      google_cloudfunctions2_function.function["webhook"].service_config[0].timeout_seconds
    )
    error_message = "webhook answers 503 by itself before its time is up."
  }

  assert {
    condition = alltrue([
      for each in google_cloudfunctions2_function.function :
      each.service_config[0].max_instance_request_concurrency == 80 && each.service_config[0].available_cpu == "1" &&
      each.service_config[0].environment_variables["WORKERS"] == "1"
    ])
    error_message = "An instance takes 80 requests at once, in one process on one CPU."
  }

  assert {
    condition = { for key, each in google_cloudfunctions2_function.function : key => "${each.service_config[0].min_instance_count} to ${each.service_config[0].max_instance_count}" } == {
      webhook = "1 to 20", correlate = "0 to 20", send = "0 to 10"
    }
    error_message = "Only webhook, which Google waits for, keeps an instance."
  }
}

run "environment_of_webhook" {
  command = plan

  assert {
    condition = google_cloudfunctions2_function.function["webhook"].service_config[0].environment_variables == tomap({
      GOOGLE_CLOUD_PROJECT    = "demo-project"
      RBM_EVENTS_TOPIC        = "rbm-events"
      RBM_CLIENT_TOKENS_FILE  = "/secrets/client-tokens/tokens.json"
      PUBLISH_TIMEOUT_SECONDS = "8"
      MAX_BODY_BYTES          = "1048576"
      SPILL                   = "true"
      SPILL_AFTER_SECONDS     = "3"
      FIRESTORE_DATABASE      = "rbm-ledger"
      WORKERS                 = "1"
    })
    error_message = "webhook gets what config.py reads, and nothing else."
  }
}

run "environment_of_correlate" {
  command = plan

  assert {
    condition = google_cloudfunctions2_function.function["correlate"].service_config[0].environment_variables == tomap({
      GOOGLE_CLOUD_PROJECT = "demo-project"
      RBM_EVENTS_TOPIC     = "rbm-events"
      FIRESTORE_DATABASE   = "rbm-ledger"
      RBM_UPDATES_TOPIC    = "rbm-updates"
      RETENTION_DAYS       = "90"
      STORE_CONTENT        = "true"
      WORKERS              = "1"
    })
    error_message = "correlate gets what config.py reads, and nothing else."
  }
}

run "environment_of_send" {
  command = plan

  variables {
    rbm_api_endpoint           = "europe"
    functions                  = { send = { cpu = 2 } }
    max_delivery_attempts      = 12
    capability_max_age_seconds = 3600
  }

  assert {
    condition = google_cloudfunctions2_function.function["send"].service_config[0].environment_variables == tomap({
      GOOGLE_CLOUD_PROJECT       = "demo-project"
      FIRESTORE_DATABASE         = "rbm-ledger"
      RBM_UPDATES_TOPIC          = "rbm-updates"
      RETENTION_DAYS             = "90"
      STORE_CONTENT              = "true"
      RBM_SEND_REQUESTS_TOPIC    = "rbm-send-requests"
      MAX_DELIVERY_ATTEMPTS      = "12"
      CAPABILITY_MAX_AGE_SECONDS = "3600"
      RBM_API_ENDPOINT           = "https://europe-rcsbusinessmessaging.googleapis.com"
      RBM_TIMEOUT_SECONDS        = "10"
      RBM_CREDENTIALS_FILE       = "/secrets/credentials/key.json"
      WORKERS                    = "2"
    })
    error_message = "send gets what config.py reads, and nothing else; a second CPU gets a second process."
  }

  assert {
    condition     = google_pubsub_subscription.push["send"].dead_letter_policy[0].max_delivery_attempts == 12
    error_message = "send knows the last attempt by the same number as the subscription."
  }
}

run "secrets_are_volumes" {
  command = plan

  assert {
    condition = alltrue([
      for each in google_cloudfunctions2_function.function : length(each.service_config[0].secret_environment_variables) == 0
    ])
    error_message = "A secret in the environment would not reach running instances when it rotates."
  }

  assert {
    condition = { for key, each in google_cloudfunctions2_function.function : key => [for volume in each.service_config[0].secret_volumes : "${volume.secret} ${volume.versions[0].version} ${volume.mount_path}/${volume.versions[0].path}"] } == {
      webhook   = ["rbm-client-tokens latest /secrets/client-tokens/tokens.json"]
      correlate = []
      send      = ["rbm-credentials latest /secrets/credentials/key.json"]
    }
    error_message = "Each function has the latest version of its own secret where its environment says, and of no other."
  }

  assert {
    condition     = alltrue([for each in data.google_secret_manager_secret_version.latest : !each.fetch_secret_data])
    error_message = "No value of a secret is fetched into the state."
  }
}

run "own_identity_instead_of_a_key" {
  command = plan

  variables {
    credentials_secret = false
  }

  assert {
    condition     = keys(google_secret_manager_secret.secret) == ["client_tokens"]
    error_message = "Without a key there is no secret for one."
  }

  assert {
    condition = (
      !contains(keys(google_cloudfunctions2_function.function["send"].service_config[0].environment_variables), "RBM_CREDENTIALS_FILE") &&
      length(google_cloudfunctions2_function.function["send"].service_config[0].secret_volumes) == 0 &&
      contains(keys(google_project_service.api), "rcsbusinessmessaging.googleapis.com")
    )
    error_message = "send calls as its own identity, from a project that has the platform's API on."
  }
}

run "time_limits_follow_the_deadline" {
  command = plan

  variables {
    ack_deadline_seconds = 600
    rbm_timeout_seconds  = 200
  }

  assert {
    condition     = google_cloudfunctions2_function.function["send"].service_config[0].timeout_seconds == 595
    error_message = "The time limit of a pushed function is 5 seconds below the deadline."
  }
}

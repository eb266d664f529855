mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

mock_provider "google" { alias = "billing" }
mock_provider "google-beta" {}
mock_provider "time" {}

variables {
  project_id  = "demo-project"
  publishers  = ["serviceAccount:shop@other-project.iam.gserviceaccount.com"]
  subscribers = ["group:crm@example.com"]
  callers     = ["serviceAccount:desk@other-project.iam.gserviceaccount.com"]
}

override_resource {
  target          = google_service_account.runtime["webhook"]
  override_during = plan
  values          = { email = "rbm-webhook@p.iam.gserviceaccount.com", member = "serviceAccount:rbm-webhook@p.iam.gserviceaccount.com" }
}

override_resource {
  target          = google_service_account.runtime["correlate"]
  override_during = plan
  values          = { email = "rbm-correlate@p.iam.gserviceaccount.com", member = "serviceAccount:rbm-correlate@p.iam.gserviceaccount.com" }
}

override_resource {
  target          = google_service_account.runtime["send"]
  override_during = plan
  values          = { email = "rbm-send@p.iam.gserviceaccount.com", member = "serviceAccount:rbm-send@p.iam.gserviceaccount.com" }
}

override_resource {
  target          = google_service_account.push
  override_during = plan
  values          = { email = "rbm-push@p.iam.gserviceaccount.com", member = "serviceAccount:rbm-push@p.iam.gserviceaccount.com" }
}

override_resource {
  target          = google_service_account.scheduler
  override_during = plan
  values          = { email = "rbm-scheduler@p.iam.gserviceaccount.com", member = "serviceAccount:rbm-scheduler@p.iam.gserviceaccount.com" }
}

override_resource {
  target          = google_service_account.build
  override_during = plan
  values = {
    id     = "projects/p/serviceAccounts/rbm-build@p.iam.gserviceaccount.com"
    email  = "rbm-build@p.iam.gserviceaccount.com"
    member = "serviceAccount:rbm-build@p.iam.gserviceaccount.com"
  }
}

run "each_runs_as_itself" {
  command = plan

  assert {
    condition = { for name, each in google_cloudfunctions2_function.function : name => each.service_config[0].service_account_email } == {
      webhook   = "rbm-webhook@p.iam.gserviceaccount.com"
      correlate = "rbm-correlate@p.iam.gserviceaccount.com"
      send      = "rbm-send@p.iam.gserviceaccount.com"
    }
    error_message = "Every function has an account of its own."
  }

  assert {
    condition     = alltrue([for each in google_cloudfunctions2_function.function : each.build_config[0].service_account == "projects/p/serviceAccounts/rbm-build@p.iam.gserviceaccount.com"])
    error_message = "Builds run as the build account, never as a default one."
  }
}

run "topics" {
  command = plan

  assert {
    condition = toset([for grant in google_pubsub_topic_iam_member.runtime : "${grant.member} ${grant.role} ${grant.topic}"]) == toset([
      "serviceAccount:rbm-webhook@p.iam.gserviceaccount.com roles/pubsub.publisher rbm-events",
      "serviceAccount:rbm-correlate@p.iam.gserviceaccount.com roles/pubsub.publisher rbm-updates",
      "serviceAccount:rbm-send@p.iam.gserviceaccount.com roles/pubsub.publisher rbm-updates",
    ])
    error_message = "webhook publishes events, correlate and send publish updates."
  }

  assert {
    condition     = [for grant in google_pubsub_topic_iam_member.drain : "${grant.member} ${grant.role} ${grant.topic}"] == ["serviceAccount:rbm-correlate@p.iam.gserviceaccount.com roles/pubsub.publisher rbm-events"]
    error_message = "correlate publishes the events that webhook spilled."
  }

  assert {
    condition     = "${google_pubsub_topic_iam_member.split.member} ${google_pubsub_topic_iam_member.split.role} ${google_pubsub_topic_iam_member.split.topic}" == "serviceAccount:rbm-send@p.iam.gserviceaccount.com roles/pubsub.publisher rbm-send-requests"
    error_message = "send publishes the requests that it splits."
  }

  assert {
    condition = toset([for grant in google_pubsub_topic_iam_member.publisher : "${grant.member} ${grant.role} ${grant.topic}"]) == toset([
      "serviceAccount:shop@other-project.iam.gserviceaccount.com roles/pubsub.publisher rbm-send-requests",
    ])
    error_message = "Whoever is in publishers may publish send requests, and nothing else."
  }

  assert {
    condition = toset([for grant in google_pubsub_topic_iam_member.subscriber : "${grant.member} ${grant.role} ${grant.topic}"]) == toset([
      "group:crm@example.com roles/pubsub.subscriber rbm-updates",
    ])
    error_message = "Whoever is in subscribers may subscribe to updates, and to nothing else."
  }
}

run "invokers" {
  command = plan

  assert {
    condition = toset([for grant in google_cloud_run_v2_service_iam_member.push : "${grant.member} ${grant.role} ${grant.name}"]) == toset([
      "serviceAccount:rbm-push@p.iam.gserviceaccount.com roles/run.invoker rbm-correlate",
      "serviceAccount:rbm-push@p.iam.gserviceaccount.com roles/run.invoker rbm-send",
    ])
    error_message = "The push account may call correlate and send, and not webhook."
  }

  assert {
    condition     = "${google_cloud_run_v2_service_iam_member.scheduler.member} ${google_cloud_run_v2_service_iam_member.scheduler.role} ${google_cloud_run_v2_service_iam_member.scheduler.name}" == "serviceAccount:rbm-scheduler@p.iam.gserviceaccount.com roles/run.invoker rbm-send"
    error_message = "The scheduler's account may call send."
  }

  assert {
    condition     = [for grant in google_cloud_run_v2_service_iam_member.drain : "${grant.member} ${grant.role} ${grant.name}"] == ["serviceAccount:rbm-scheduler@p.iam.gserviceaccount.com roles/run.invoker rbm-correlate"]
    error_message = "The scheduler's account may call correlate, and nothing else."
  }

  assert {
    condition = toset([for grant in google_cloud_run_v2_service_iam_member.caller : "${grant.member} ${grant.role} ${grant.name}"]) == toset([
      "serviceAccount:desk@other-project.iam.gserviceaccount.com roles/run.invoker rbm-send",
    ])
    error_message = "Whoever is in callers may call send, and nothing else."
  }

  assert {
    condition     = google_cloud_run_v2_service_iam_member.public[*].name == ["rbm-webhook"]
    error_message = "Nothing but webhook is open to everybody."
  }
}

run "secrets" {
  command = plan

  assert {
    condition = toset([for grant in google_secret_manager_secret_iam_member.reader : "${grant.member} ${grant.role} ${grant.secret_id}"]) == toset([
      "serviceAccount:rbm-webhook@p.iam.gserviceaccount.com roles/secretmanager.secretAccessor rbm-client-tokens",
      "serviceAccount:rbm-send@p.iam.gserviceaccount.com roles/secretmanager.secretAccessor rbm-credentials",
    ])
    error_message = "webhook reads the client tokens, send reads the key."
  }
}

run "project" {
  command = plan

  assert {
    condition = toset([for grant in google_project_iam_member.ledger : "${grant.member} ${grant.role} ${grant.condition[0].expression}"]) == toset([
      "serviceAccount:rbm-correlate@p.iam.gserviceaccount.com roles/datastore.user resource.name == \"projects/demo-project/databases/rbm-ledger\"",
      "serviceAccount:rbm-send@p.iam.gserviceaccount.com roles/datastore.user resource.name == \"projects/demo-project/databases/rbm-ledger\"",
    ])
    error_message = "correlate and send use one database."
  }

  assert {
    condition = (
      google_project_iam_member.build_source.role == "roles/storage.objectViewer" &&
      google_project_iam_member.build_source.condition[0].expression == "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")" &&
      google_project_iam_member.build_logs.role == "roles/logging.logWriter" &&
      google_artifact_registry_repository_iam_member.build.role == "roles/artifactregistry.writer" &&
      google_artifact_registry_repository_iam_member.build.repository == "rbm-functions"
    )
    error_message = "The build account reads the sources of functions, writes logs, and writes images into its own repository."
  }

  assert {
    condition     = length(google_service_account.deploy) == 0 && length(google_project_iam_member.deploy) == 0 && length(google_project_iam_member.deploy_grants) == 0
    error_message = "Nobody asked for an account that may change the project."
  }
}

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

override_resource {
  target          = google_cloudfunctions2_function.function["correlate"]
  override_during = plan
  values          = { service_config = { uri = "https://rbm-correlate-mock-uc.a.run.app" } }
}

override_resource {
  target          = google_service_account.runtime["webhook"]
  override_during = plan
  values = {
    name   = "projects/p/serviceAccounts/rbm-webhook@p.iam.gserviceaccount.com"
    email  = "rbm-webhook@p.iam.gserviceaccount.com"
    member = "serviceAccount:rbm-webhook@p.iam.gserviceaccount.com"
  }
}

override_resource {
  target          = google_service_account.scheduler
  override_during = plan
  values = {
    name   = "projects/demo-project/serviceAccounts/rbm-scheduler@demo-project.iam.gserviceaccount.com"
    email  = "rbm-scheduler@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:rbm-scheduler@demo-project.iam.gserviceaccount.com"
  }
}

run "drain_every_minute" {
  command = plan

  assert {
    condition     = [for job in google_cloud_scheduler_job.drain : "${job.name} ${job.schedule} ${job.http_target[0].http_method} ${job.http_target[0].uri}"] == ["rbm-drain * * * * * POST https://rbm-correlate-mock-uc.a.run.app/drain"]
    error_message = "There is a drain every minute: a POST to correlate, at its default address."
  }

  assert {
    condition = (
      google_cloud_scheduler_job.drain[0].http_target[0].oidc_token[0].service_account_email == "rbm-scheduler@demo-project.iam.gserviceaccount.com" &&
      google_cloud_scheduler_job.drain[0].http_target[0].oidc_token[0].audience == "https://rbm-correlate-mock-uc.a.run.app"
    )
    error_message = "It carries an identity token of the scheduler's account, made out to correlate, without the path."
  }

  assert {
    condition     = google_cloud_scheduler_job.drain[0].attempt_deadline == "${google_cloudfunctions2_function.function["correlate"].service_config[0].timeout_seconds + 5}s"
    error_message = "Cloud Scheduler waits a little longer than correlate may take."
  }
}

run "webhook_may_write_and_not_read" {
  command = plan

  assert {
    condition     = [for role in google_project_iam_custom_role.spill : "${role.role_id} ${join(" ", sort(role.permissions))}"] == ["rbm_spill datastore.entities.create datastore.entities.update"]
    error_message = "webhook, which everybody may call, can neither read nor delete a document."
  }

  assert {
    condition = [for grant in google_project_iam_member.spill : "${grant.member} ${grant.role} ${grant.condition[0].expression}"] == [
      "serviceAccount:rbm-webhook@p.iam.gserviceaccount.com projects/demo-project/roles/rbm_spill resource.name == \"projects/demo-project/databases/rbm-ledger\"",
    ]
    error_message = "It has that role in the ledger, and in no other database."
  }
}

run "nothing_of_it_where_it_is_off" {
  command = plan

  variables {
    spill                 = false
    continuous_deployment = true
  }

  assert {
    condition = (
      length(google_project_iam_custom_role.spill) + length(google_project_iam_member.spill) + length(google_pubsub_topic_iam_member.drain) +
      length(google_cloud_run_v2_service_iam_member.drain) + length(google_cloud_scheduler_job.drain) == 0
    )
    error_message = "Without the spill webhook has nothing to do with the database, and nobody drains."
  }

  assert {
    condition = (
      google_cloudfunctions2_function.function["webhook"].service_config[0].environment_variables["SPILL"] == "false" &&
      !contains(keys(google_cloudfunctions2_function.function["correlate"].service_config[0].environment_variables), "RBM_EVENTS_TOPIC")
    )
    error_message = "The functions are told."
  }

  assert {
    condition     = length(setintersection(keys(google_monitoring_alert_policy.alert), ["events_spilled", "drain_stalls"])) == 0
    error_message = "No alert waits for a drain that nobody calls."
  }

  assert {
    condition = (
      !strcontains(google_project_iam_member.deploy_grants[0].condition[0].expression, "rbm_spill") &&
      !contains(keys(google_project_iam_member.deploy), "roles/iam.roleViewer")
    )
    error_message = "Cloud Build needs to know nothing of roles."
  }
}

run "settings_and_names" {
  command = plan

  variables {
    prefix              = "big-chat"
    spill_after_seconds = 0.5
    alert_thresholds    = { spilled_events = 20, undrained_minutes = 30 }
  }

  assert {
    condition     = google_cloudfunctions2_function.function["webhook"].service_config[0].environment_variables["SPILL_AFTER_SECONDS"] == "0.5"
    error_message = "How long webhook waits for Pub/Sub is a variable."
  }

  assert {
    condition     = google_cloud_scheduler_job.drain[0].name == "big-chat-drain" && google_project_iam_custom_role.spill[0].role_id == "big_chat_spill"
    error_message = "A second system in the same project has names of its own; those of roles have no hyphen."
  }

  assert {
    condition = (
      google_monitoring_alert_policy.alert["events_spilled"].conditions[0].condition_threshold[0].threshold_value == 20 &&
      flatten(google_monitoring_alert_policy.alert["drain_stalls"].conditions[*].condition_absent)[0].duration == "1800s" &&
      strcontains(flatten(google_monitoring_alert_policy.alert["drain_stalls"].conditions[*].condition_absent)[0].filter, "is_complete=\"true\"")
    )
    error_message = "How many spilled events are an alert, and how long a complete drain may be missed, are variables."
  }
}

run "spilled_too_late_for_google" {
  command = plan

  variables {
    spill_after_seconds = 4.5
  }

  expect_failures = [var.spill_after_seconds]
}

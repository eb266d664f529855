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
  target          = google_cloudfunctions2_function.function["send"]
  override_during = plan
  values          = { service_config = { uri = "https://rbm-send-mock-uc.a.run.app" } }
}

override_resource {
  target          = google_service_account.scheduler
  override_during = plan
  values = {
    email  = "rbm-scheduler@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:rbm-scheduler@demo-project.iam.gserviceaccount.com"
  }
}

run "sweep_every_minute" {
  command = plan

  assert {
    condition     = google_cloud_scheduler_job.sweep.name == "rbm-sweep" && google_cloud_scheduler_job.sweep.schedule == "* * * * *"
    error_message = "There is a sweep every minute."
  }

  assert {
    condition     = "${google_cloud_scheduler_job.sweep.http_target[0].http_method} ${google_cloud_scheduler_job.sweep.http_target[0].uri}" == "POST https://rbm-send-mock-uc.a.run.app/sweep"
    error_message = "A sweep is a POST to send, at its default address: by another one the call would come from the internet."
  }

  assert {
    condition = (
      google_cloud_scheduler_job.sweep.http_target[0].oidc_token[0].service_account_email == "rbm-scheduler@demo-project.iam.gserviceaccount.com" &&
      google_cloud_scheduler_job.sweep.http_target[0].oidc_token[0].audience == "https://rbm-send-mock-uc.a.run.app"
    )
    error_message = "It carries an identity token of the scheduler's account, made out to send, without the path."
  }

  assert {
    condition     = google_cloud_scheduler_job.sweep.retry_config[0].retry_count == 1 && google_cloud_scheduler_job.sweep.retry_config[0].min_backoff_duration == "10s"
    error_message = "A sweep that failed is tried again once: the next one comes anyway."
  }

  assert {
    condition     = contains(keys(google_project_service.api), "cloudscheduler.googleapis.com")
    error_message = "Its API is turned on."
  }
}

run "time_limit_follows_that_of_send" {
  command = plan

  variables {
    ack_deadline_seconds = 300
    prefix               = "chat"
  }

  assert {
    condition     = google_cloudfunctions2_function.function["send"].service_config[0].timeout_seconds == 295 && google_cloud_scheduler_job.sweep.attempt_deadline == "300s"
    error_message = "Cloud Scheduler waits a little longer than send may take."
  }

  assert {
    condition     = google_cloud_scheduler_job.sweep.name == "chat-sweep" && google_service_account.scheduler.account_id == "chat-scheduler"
    error_message = "A second system in the same project has names of its own."
  }
}

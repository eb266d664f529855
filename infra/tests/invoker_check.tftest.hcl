# Applied, not only planned: whether the check is off is asked after the apply.
mock_provider "google" {
  source = "./tests/mocks"
}

mock_provider "google" { alias = "billing" }
mock_provider "google-beta" {}
mock_provider "time" {}

variables {
  project_id    = "demo-project"
  public_access = "no_check"
}

run "check_still_on" {
  command = apply

  override_data {
    target = data.google_cloud_run_v2_service.webhook
    values = { invoker_iam_disabled = false }
  }

  expect_failures = [check.webhook_is_open]
}

run "check_off" {
  command = apply

  override_data {
    target = data.google_cloud_run_v2_service.webhook
    values = { invoker_iam_disabled = true }
  }

  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.public) == 0
    error_message = "An organization that forbids allUsers gets no such binding."
  }

  assert {
    condition     = one(output.after_apply) == "gcloud run services update rbm-webhook --no-invoker-iam-check --region=us-central1 --project=demo-project"
    error_message = "The output says what is left to do."
  }
}

run "load_balancer_without_public_binding" {
  command = apply

  variables {
    public_access = "load_balancer_no_check"
    domain        = "rbm.example.com"
  }

  override_data {
    target = data.google_cloud_run_v2_service.webhook
    values = { invoker_iam_disabled = true }
  }

  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.public) == 0 && length(google_compute_security_policy.webhook) == 1 && length(output.after_apply) == 1
    error_message = "A load balancer, no binding, one command left."
  }
}

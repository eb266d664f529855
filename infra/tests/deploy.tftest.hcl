mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

mock_provider "google-beta" {}
mock_provider "time" {}

variables {
  project_id = "demo-project"
}

run "deploy_account" {
  command = plan

  variables {
    continuous_deployment = true
  }

  assert {
    condition     = !anytrue([for grant in google_project_iam_member.deploy : contains(["roles/owner", "roles/editor", "roles/resourcemanager.projectIamAdmin", "roles/iam.serviceAccountUser"], grant.role)])
    error_message = "Cloud Build deploys without a basic role, and grants and impersonates only where it must."
  }

  assert {
    condition     = google_project_iam_member.deploy_grants[0].condition[0].expression == "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['projects/demo-project/roles/rbm_spill', 'roles/datastore.user', 'roles/logging.logWriter', 'roles/storage.objectViewer'])"
    error_message = "On the project it grants the roles that the functions need, and no other."
  }

  assert {
    condition     = keys(google_service_account_iam_member.deploy) == ["build", "correlate", "push", "scheduler", "send", "webhook"]
    error_message = "It may attach the accounts of this configuration, one by one."
  }
}

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

run "deploy_account_with_a_budget" {
  command = plan

  variables {
    continuous_deployment = true
    billing_account       = "012345-6789AB-CDEF01"
    budget_amount         = 500
    spill                 = false
  }

  assert {
    condition     = google_project_iam_custom_role.budget[0].permissions == toset(["billing.resourcebudgets.read", "billing.resourcebudgets.write", "resourcemanager.projects.get"])
    error_message = "It reads and changes the budget of this project; other budgets and the costs of the billing account are not its business."
  }

  assert {
    condition     = length(setsubtract(["projects/demo-project/roles/rbm_budget", "roles/iam.roleViewer"], keys(google_project_iam_member.deploy))) == 0
    error_message = "It has the role, and may see whether the role is still what it was."
  }
}

run "budget_without_deploy_account" {
  command = plan

  variables {
    billing_account = "012345-6789AB-CDEF01"
    budget_amount   = 500
  }

  assert {
    condition     = length(google_project_iam_custom_role.budget) == 0
    error_message = "Nobody else needs the role."
  }
}

run "deploy_account_with_analytics_and_a_key" {
  command = plan

  variables {
    continuous_deployment = true
    analytics             = true
    cmek_key              = "projects/keys/locations/us-central1/keyRings/rbm/cryptoKeys/ledger"
  }

  # cloud.google.com/bigquery/docs/reference/rest/v2/projects/getServiceAccount, read 2026-11.
  assert {
    condition     = contains(keys(google_project_iam_member.deploy), "roles/bigquery.jobUser")
    error_message = "BigQuery says which account it encrypts as only to who may run jobs."
  }
}

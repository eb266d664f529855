# What the cloud would make up, in a form that the provider's own checks let through.

mock_data "google_project" {
  defaults = { number = "123456789012" }
}

mock_data "google_storage_project_service_account" {
  defaults = { email_address = "service-123456789012@gs-project-accounts.iam.gserviceaccount.com" }
}

mock_resource "google_service_account" {
  defaults = {
    id     = "projects/demo-project/serviceAccounts/mock-account@demo-project.iam.gserviceaccount.com"
    name   = "projects/demo-project/serviceAccounts/mock-account@demo-project.iam.gserviceaccount.com"
    email  = "mock-account@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:mock-account@demo-project.iam.gserviceaccount.com"
  }
}

mock_resource "google_cloudfunctions2_function" {
  defaults = { service_config = { uri = "https://mock-uc.a.run.app" } }
}

mock_resource "google_artifact_registry_repository" {
  defaults = { id = "projects/demo-project/locations/us-central1/repositories/rbm-functions" }
}

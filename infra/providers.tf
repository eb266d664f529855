provider "google" {
  project        = var.project_id
  region         = var.region
  default_labels = local.labels
}

provider "google-beta" {
  project = var.project_id
  region  = var.region
}

# For the Budget API, which answers 403 to a person's own login unless a project is named that the call counts for
# (google_billing_budget, provider 7.45). Not for the rest: the first apply only turns the other APIs on in this project.
provider "google" {
  alias                 = "billing"
  project               = var.project_id
  billing_project       = var.project_id
  user_project_override = true
}

data "google_project" "this" {}

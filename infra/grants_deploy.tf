# What the account needs to apply this configuration again. A person with more rights applies it first, and whenever
# these grants change: the account can't widen its own,
# nor change what a role of ours holds. Whoever decides what Cloud Build runs has all of this.

locals {
  deploy_roles = !var.continuous_deployment ? [] : concat(
    [
      "roles/artifactregistry.admin",
      "roles/cloudfunctions.developer",
      "roles/cloudscheduler.admin",
      "roles/datastore.owner",
      "roles/iam.serviceAccountAdmin",
      "roles/logging.configWriter",
      "roles/logging.logWriter",
      "roles/monitoring.editor",
      "roles/pubsub.admin",
      "roles/run.admin",
      "roles/secretmanager.admin",
      "roles/serviceusage.serviceUsageAdmin",
      "roles/storage.admin",
    ],
    var.analytics ? ["roles/bigquery.dataOwner"] : [],
    # Else BigQuery does not say which account it encrypts as.
    var.analytics && var.cmek_key != null ? ["roles/bigquery.jobUser"] : [],
    var.spill || var.billing_account != null ? ["roles/iam.roleViewer"] : [],
    var.billing_account != null ? [local.budget_role] : [],
    local.has_load_balancer ? ["roles/compute.loadBalancerAdmin", "roles/compute.securityAdmin"] : [],
  )

  # The only roles that this configuration grants on the project to accounts that run.
  project_roles = concat(
    var.spill ? [local.spill_role] : [],
    ["roles/datastore.user", "roles/logging.logWriter", "roles/storage.objectViewer"],
  )

  accounts_deployed = !var.continuous_deployment ? {} : merge(
    { for name, account in google_service_account.runtime : name => account.name },
    {
      push      = google_service_account.push.name
      scheduler = google_service_account.scheduler.name
      build     = google_service_account.build.name
    },
  )
}

# The budget is that of this project alone, and such a one takes no role on the billing account, which would show the
# costs of all its projects (cloud.google.com/billing/docs/how-to/budget-api-access-control, read 2026-11).
locals {
  budget_role_id = "${replace(var.prefix, "-", "_")}_budget"
  budget_role    = "projects/${var.project_id}/roles/${local.budget_role_id}"
}

resource "google_project_iam_custom_role" "budget" {
  count = var.continuous_deployment && var.billing_account != null ? 1 : 0

  role_id     = local.budget_role_id
  title       = "${var.prefix}-budget"
  description = "rbm-ledger: Cloud Build keeps the budget of this project"
  permissions = ["billing.resourcebudgets.read", "billing.resourcebudgets.write", "resourcemanager.projects.get"]

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "deploy" {
  for_each = toset(local.deploy_roles)

  project = var.project_id
  role    = each.key
  member  = google_service_account.deploy[0].member

  depends_on = [google_project_iam_custom_role.budget]
}

resource "google_project_iam_member" "deploy_grants" {
  count = var.continuous_deployment ? 1 : 0

  project = var.project_id
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = google_service_account.deploy[0].member

  condition {
    title      = "${var.prefix}-roles-of-functions-only"
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['${join("', '", local.project_roles)}'])"
  }
}

resource "google_service_account_iam_member" "deploy" {
  for_each = local.accounts_deployed

  service_account_id = each.value
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.deploy[0].member
}

resource "google_kms_crypto_key_iam_member" "deploy" {
  count = var.continuous_deployment && var.cmek_key != null ? 1 : 0

  crypto_key_id = var.cmek_key
  role          = "roles/cloudkms.admin"
  member        = google_service_account.deploy[0].member
}

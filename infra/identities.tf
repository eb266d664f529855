# Google's own accounts that need a grant from us. Their addresses: cloud.google.com/iam/docs/service-agents, read 2026-11.
locals {
  agents = merge(
    { pubsub = { service = "pubsub.googleapis.com", domain = "gcp-sa-pubsub" } },
    var.cmek_key == null ? {} : local.encrypting_agents,
  )

  service_agents = {
    for name, agent in local.agents : name => {
      service = agent.service
      member  = "serviceAccount:service-${data.google_project.this.number}@${agent.domain}.iam.gserviceaccount.com"
    }
  }
}

# One for each function: what one of them may do, the others may not.
resource "google_service_account" "runtime" {
  for_each = local.functions

  account_id   = "${var.prefix}-${each.key}"
  display_name = "rbm-ledger: runs ${each.key}"

  depends_on = [google_project_service.api]
}

resource "google_service_account" "push" {
  account_id   = "${var.prefix}-push"
  display_name = "rbm-ledger: Pub/Sub calls correlate and send as this account"

  depends_on = [google_project_service.api]
}

resource "google_service_account" "scheduler" {
  account_id   = "${var.prefix}-scheduler"
  display_name = "rbm-ledger: Cloud Scheduler calls send and correlate as this account"

  depends_on = [google_project_service.api]
}

resource "google_service_account" "build" {
  account_id   = "${var.prefix}-build"
  display_name = "rbm-ledger: builds the functions' images"

  depends_on = [google_project_service.api]
}

resource "google_service_account" "deploy" {
  count = var.continuous_deployment ? 1 : 0

  account_id   = "${var.prefix}-deploy"
  display_name = "rbm-ledger: Cloud Build applies this configuration as this account"

  depends_on = [google_project_service.api]
}

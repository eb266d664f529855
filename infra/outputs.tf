locals {
  webhook_address = (
    local.has_load_balancer
    ? "https://${var.domain}"
    : google_cloudfunctions2_function.function["webhook"].service_config[0].uri
  )
}

output "webhook_address" {
  description = "What to enter as the webhook of the partner account in the RBM console."
  value       = "${local.webhook_address}/"
}

output "agent_webhook_addresses" {
  description = "What to enter as the webhook of an agent, by the name that its tokens have in the secret."
  value       = { for name in var.webhook_names : name => "${local.webhook_address}/${name}" }
}

output "send_address" {
  description = "Where those in callers POST send requests, with an identity token for this address."
  value       = google_cloudfunctions2_function.function["send"].service_config[0].uri
}

output "load_balancer_address" {
  description = "What the A record of domain must name; null without a load balancer."
  value       = one(google_compute_global_address.webhook[*].address)
}

output "topics" {
  description = "Full names of the topics."
  value       = { for name, topic in google_pubsub_topic.topic : name => topic.id }
}

output "dead_letter_subscription" {
  description = "Where what failed too often is kept for 31 days."
  value       = google_pubsub_subscription.dead_letters.id
}

output "database" {
  description = "Full name of the Firestore database."
  value       = google_firestore_database.ledger.id
}

output "functions" {
  description = "Names of the functions, which are also those of their Cloud Run services."
  value       = { for name, function in google_cloudfunctions2_function.function : name => function.name }
}

output "service_accounts" {
  description = "Addresses of the service accounts, by what they do."
  value = merge(
    { for name, account in google_service_account.runtime : name => account.email },
    {
      push      = google_service_account.push.email
      scheduler = google_service_account.scheduler.email
      build     = google_service_account.build.email
    },
    { for account in google_service_account.deploy : "deploy" => account.email },
  )
}

output "publish_example" {
  description = "Publishes a send request; the message id follows from agent and idempotencyKey."
  value       = <<-EOT
    gcloud pubsub topics publish ${local.topics.send_requests} --project=${var.project_id} --message='{"agentId": "AGENT", "phoneNumber": "+NUMBER", "contentMessage": {"text": "Hello"}, "idempotencyKey": "hello-1"}'
  EOT
}

output "add_secret_versions" {
  description = "Commands that add a version to each secret, from standard input; the first ones must be there before the functions are."
  value = {
    for name, secret in google_secret_manager_secret.secret :
    name => "gcloud secrets versions add ${secret.secret_id} --project=${var.project_id} --data-file=-"
  }
}

output "after_apply" {
  description = "What is left to do by hand, once; empty: nothing."
  value       = local.has_public_invoker ? [] : [local.turn_invoker_check_off]
}

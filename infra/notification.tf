resource "google_monitoring_notification_channel" "email" {
  for_each = var.alert_emails

  display_name = "rbm-ledger: ${each.key}"
  type         = "email"
  labels       = { email_address = each.key }
  user_labels  = local.labels

  depends_on = [google_project_service.api]
}

locals {
  notification_channels = sort(concat(
    [for channel in google_monitoring_notification_channel.email : channel.name],
    tolist(var.alert_channels),
  ))
}

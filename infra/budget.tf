# Warns; it stops nothing. A budget without a channel of ours tells the billing account's administrators.
resource "google_billing_budget" "month" {
  provider = google.billing
  count    = var.billing_account == null ? 0 : 1

  billing_account = var.billing_account
  display_name    = "rbm-ledger: ${var.project_id}"

  budget_filter {
    projects        = ["projects/${data.google_project.this.number}"]
    calendar_period = "MONTH"
  }

  amount {
    specified_amount {
      units = tostring(var.budget_amount)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1]

    content {
      threshold_percent = threshold_rules.value
    }
  }

  threshold_rules {
    threshold_percent = 1
    spend_basis       = "FORECASTED_SPEND"
  }

  dynamic "all_updates_rule" {
    for_each = length(local.notification_channels) == 0 ? [] : [local.notification_channels]

    content {
      # The Budget API takes no more than five (all_updates_rule, provider 7.45).
      monitoring_notification_channels = slice(all_updates_rule.value, 0, min(5, length(all_updates_rule.value)))
    }
  }

  depends_on = [google_project_service.api]
}

mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

# What only the budget may be asked with.
mock_provider "google" {
  alias           = "billing"
  override_during = plan

  mock_resource "google_billing_budget" {
    defaults = { name = "asked-with-a-project-that-pays" }
  }
}

mock_provider "google-beta" {}
mock_provider "time" {}

variables {
  project_id = "demo-project"
}

override_resource {
  target          = google_monitoring_slo.availability
  override_during = plan
  values          = { name = "projects/1/services/rbm-webhook/serviceLevelObjectives/availability" }
}

run "objective_of_webhook" {
  command = plan

  assert {
    condition = (
      google_monitoring_slo.availability.goal == 0.999 && google_monitoring_slo.availability.rolling_period_days == 28 &&
      google_monitoring_slo.latency.goal == 0.99 && google_monitoring_slo.latency.request_based_sli[0].distribution_cut[0].range[0].max == 1000
    )
    error_message = "In 28 days 99.9% of the answers are good, and 99% of these come within a second."
  }

  assert {
    condition = alltrue([
      for filter in [
        google_monitoring_slo.availability.request_based_sli[0].good_total_ratio[0].good_service_filter,
        google_monitoring_slo.availability.request_based_sli[0].good_total_ratio[0].bad_service_filter,
        google_monitoring_slo.latency.request_based_sli[0].distribution_cut[0].distribution_filter,
      ] : strcontains(filter, "service_name=\"rbm-webhook\"") && !strcontains(filter, "4xx")
    ])
    error_message = "Only webhook counts, and what it refuses does not."
  }

  assert {
    condition = { for name, each in google_monitoring_alert_policy.alert : name => "${each.severity} ${each.combiner} ${join(" ", each.conditions[*].condition_threshold[0].threshold_value)}" if length(regexall("_burns_", name)) == 1 } == {
      availability_burns_fast = "CRITICAL AND 14.4 14.4 100"
      availability_burns_slow = "WARNING AND 6 6 100"
      latency_burns_fast      = "CRITICAL AND 14.4 14.4 100"
      latency_burns_slow      = "WARNING AND 6 6 100"
    }
    error_message = "Each objective has a fast and a slow alert, each over a long and a short window, and with enough answers to tell."
  }

  assert {
    condition = toset([for condition in google_monitoring_alert_policy.alert["availability_burns_fast"].conditions : condition.condition_threshold[0].filter if startswith(condition.condition_threshold[0].filter, "select")]) == toset([
      for window in ["3600s", "300s"] : "select_slo_burn_rate(\"projects/1/services/rbm-webhook/serviceLevelObjectives/availability\", \"${window}\")"
    ])
    error_message = "The burn rate is that of the objective."
  }

  assert {
    condition     = length(google_billing_budget.month) == 0
    error_message = "No budget without a billing account."
  }
}

run "budget" {
  command = plan

  variables {
    billing_account = "012345-6789AB-CDEF01"
    budget_amount   = 500
    alert_emails    = ["a@example.com", "b@example.com", "c@example.com", "d@example.com", "e@example.com", "f@example.com"]
  }

  assert {
    condition = (
      google_billing_budget.month[0].billing_account == "012345-6789AB-CDEF01" &&
      google_billing_budget.month[0].amount[0].specified_amount[0].units == "500" &&
      google_billing_budget.month[0].budget_filter[0].projects == toset(["projects/123456789012"])
    )
    error_message = "The budget is for this project alone."
  }

  assert {
    condition     = google_billing_budget.month[0].name == "asked-with-a-project-that-pays"
    error_message = "The Budget API refuses a person's own login unless a project is named that the call counts for."
  }

  assert {
    condition = [for rule in google_billing_budget.month[0].threshold_rules : "${rule.threshold_percent} ${coalesce(rule.spend_basis, "CURRENT_SPEND")}"] == [
      "0.5 CURRENT_SPEND", "0.9 CURRENT_SPEND", "1 CURRENT_SPEND", "1 FORECASTED_SPEND",
    ]
    error_message = "It warns at 50, 90 and 100 percent, and when the month is about to go beyond."
  }

  assert {
    condition     = length(google_billing_budget.month[0].all_updates_rule[0].monitoring_notification_channels) == 5
    error_message = "The Budget API takes five channels at most."
  }
}

run "budget_without_channels" {
  command = plan

  variables {
    billing_account = "012345-6789AB-CDEF01"
    budget_amount   = 500
  }

  assert {
    condition     = length(google_billing_budget.month[0].all_updates_rule) == 0
    error_message = "Without channels the administrators of the billing account are told."
  }
}

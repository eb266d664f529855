# What Google waits for: webhook's answers. What it refuses (4xx) says nothing about webhook, and counts on neither side.
resource "google_monitoring_custom_service" "webhook" {
  service_id   = "${var.prefix}-webhook"
  display_name = "rbm-ledger: webhook"
  user_labels  = local.labels

  depends_on = [google_project_service.api]
}

resource "google_monitoring_slo" "availability" {
  service             = google_monitoring_custom_service.webhook.service_id
  slo_id              = "availability"
  display_name        = "webhook answers: ${var.webhook_objective.availability * 100}% without 5xx"
  goal                = var.webhook_objective.availability
  rolling_period_days = 28
  user_labels         = local.labels

  request_based_sli {
    good_total_ratio {
      good_service_filter = "${local.webhook_answers} AND metric.labels.response_code_class=\"2xx\""
      bad_service_filter  = "${local.webhook_answers} AND metric.labels.response_code_class=\"5xx\""
    }
  }
}

resource "google_monitoring_slo" "latency" {
  service             = google_monitoring_custom_service.webhook.service_id
  slo_id              = "latency"
  display_name        = "webhook answers: ${var.webhook_objective.latency_share * 100}% within ${var.webhook_objective.latency_seconds} s"
  goal                = var.webhook_objective.latency_share
  rolling_period_days = 28
  user_labels         = local.labels

  request_based_sli {
    distribution_cut {
      distribution_filter = "${local.webhook_latencies} AND metric.labels.response_code_class=\"2xx\""

      range {
        max = var.webhook_objective.latency_seconds * 1000
      }
    }
  }
}

# Two windows each, as sre.google/workbook/alerting-on-slos has it: the long one says that it matters, the short one
# that it goes on. In an hour at 14.4 a fiftieth of the month's budget is gone, in six hours at 6 a twentieth.
locals {
  slos = {
    availability = google_monitoring_slo.availability.name
    latency      = google_monitoring_slo.latency.name
  }

  burn_rates = {
    fast = { severity = "CRITICAL", rate = 14.4, windows = ["3600s", "300s"] }
    slow = { severity = "WARNING", rate = 6, windows = ["21600s", "1800s"] }
  }

  objective_alerts = merge([
    for slo, name in local.slos : {
      for speed, burn in local.burn_rates : "${slo}_burns_${speed}" => {
        title    = "webhook's budget of ${slo} burns ${speed}"
        severity = burn.severity
        all      = true
        runbook  = "objective_missed"
        conditions = merge(
          {
            for window in burn.windows : "burn rate over ${window}" => {
              filter = "select_slo_burn_rate(\"${name}\", \"${window}\")"
              above  = burn.rate
            }
          },
          {
            # Else the one slow answer of a quiet night would be an alert.
            "enough answers to tell" = {
              filter  = "${local.webhook_answers} AND metric.labels.response_code_class=one_of(\"2xx\", \"5xx\")"
              measure = "count"
              window  = 3600
              above   = local.traffic_floor
            }
          },
        )
      }
    }
  ]...)
}

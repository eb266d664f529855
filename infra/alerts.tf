# One policy for each row of the tables in alerts_*.tf and slo.tf. A condition says
#   filter, denominator   what is looked at; with a denominator, its share of that
#   measure               how a window of it becomes one number: a key of local.measures
#   window, lasting       seconds: of the window, and for how long its number has to be above the threshold
#   above                 the threshold
#   absent                instead of a threshold: for how many seconds there was nothing to measure
#   by                    labels that are told apart
# A row with one condition for each of a list of events says so (events), and its runbook looks for the same list.
# All conditions of a row have to hold at once where it says so (all = true), else any. What it means and what to do
# first stands in runbooks/NAME.md.tftpl, by the row's key or what it says (runbook), and goes out with the alert.
locals {
  alerts = merge(
    local.delivery_alerts, local.function_alerts, local.event_alerts, local.message_alerts, local.sweep_alerts,
    local.spill_alerts, local.objective_alerts,
  )

  measures = {
    count   = { aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM" }
    total   = { aligner = "ALIGN_MAX", reducer = "REDUCE_SUM" }
    highest = { aligner = "ALIGN_MAX", reducer = "REDUCE_MAX" }
    median  = { aligner = "ALIGN_DELTA", reducer = "REDUCE_PERCENTILE_50" }
    p99     = { aligner = "ALIGN_DELTA", reducer = "REDUCE_PERCENTILE_99" }
  }

  # Below so many cases a share says nothing, and below so many answers a percentile.
  share_floor   = 5
  traffic_floor = 100
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.alerts

  display_name          = "${var.prefix}: ${each.value.title}"
  severity              = each.value.severity
  combiner              = try(each.value.all, false) ? "AND" : "OR"
  notification_channels = local.notification_channels
  user_labels           = local.labels

  dynamic "conditions" {
    for_each = each.value.conditions

    content {
      display_name = conditions.key

      dynamic "condition_threshold" {
        for_each = can(conditions.value.above) ? [conditions.value] : []

        content {
          filter             = condition_threshold.value.filter
          denominator_filter = try(condition_threshold.value.denominator, null)
          comparison         = "COMPARISON_GT"
          threshold_value    = condition_threshold.value.above
          duration           = "${try(condition_threshold.value.lasting, 0)}s"

          # The API takes it only with a duration: what stops being reported is over.
          evaluation_missing_data = can(condition_threshold.value.lasting) ? "EVALUATION_MISSING_DATA_INACTIVE" : null

          # A burn rate is a number already.
          dynamic "aggregations" {
            for_each = can(condition_threshold.value.measure) ? [local.measures[condition_threshold.value.measure]] : []

            content {
              alignment_period     = "${condition_threshold.value.window}s"
              per_series_aligner   = aggregations.value.aligner
              cross_series_reducer = aggregations.value.reducer
              group_by_fields      = try(condition_threshold.value.by, [])
            }
          }

          dynamic "denominator_aggregations" {
            for_each = can(condition_threshold.value.denominator) ? [local.measures[condition_threshold.value.measure]] : []

            content {
              alignment_period     = "${condition_threshold.value.window}s"
              per_series_aligner   = denominator_aggregations.value.aligner
              cross_series_reducer = denominator_aggregations.value.reducer
              group_by_fields      = try(condition_threshold.value.by, [])
            }
          }
        }
      }

      dynamic "condition_absent" {
        for_each = can(conditions.value.absent) ? [conditions.value] : []

        content {
          filter   = condition_absent.value.filter
          duration = "${condition_absent.value.absent}s"

          aggregations {
            alignment_period     = "${condition_absent.value.window}s"
            per_series_aligner   = local.measures[condition_absent.value.measure].aligner
            cross_series_reducer = local.measures[condition_absent.value.measure].reducer
          }
        }
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    subject   = "[${var.prefix}] ${each.value.title}"

    content = templatefile("${path.module}/runbooks/${try(each.value.runbook, each.key)}.md.tftpl", {
      project  = var.project_id
      region   = var.region
      prefix   = var.prefix
      database = var.firestore_database
      events   = "(${join(" OR ", [for event in try(each.value.events, []) : "\"${event}\""])})"
    })

    links {
      display_name = "Dashboard"
      url          = local.dashboard_address
    }
  }

  # What is counted in the log is not reported once it stops; the incident closes after that.
  alert_strategy {
    auto_close = "3600s"
  }

  depends_on = [time_sleep.metrics]
}

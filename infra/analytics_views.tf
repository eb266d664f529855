locals {
  # Steps of an update's timeline, by the column that holds when each was first taken.
  message_steps = {
    requested_time = "requested"
    accepted_time  = "accepted"
    delivered_time = "DELIVERED"
    read_time      = "READ"
  }

  # How a name of a view is told: funnel_by_hour and so on.
  analytics_dimensions = {
    agent    = "agent_id"
    campaign = "campaign"
    hour     = "TIMESTAMP_TRUNC(requested_time, HOUR)"
  }

  message_intervals = {
    accept  = { from = "requested_time", to = "accepted_time" }
    deliver = { from = "accepted_time", to = "delivered_time" }
    read    = { from = "delivered_time", to = "read_time" }
  }

  dimension_views = !var.analytics ? {} : merge([
    for name, expression in local.analytics_dimensions : {
      "funnel_by_${name}" = {
        description = "How many messages got how far, by ${name}, of the last ${var.analytics_window_days} days."
        query = templatefile("${path.module}/analytics/funnel.sql.tftpl", {
          messages = local.messages_view, dimension = name, expression = expression
        })
      }
      "latency_by_${name}" = {
        description = "Percentiles in milliseconds from step to step, by ${name}, of the last ${var.analytics_window_days} days."
        query = templatefile("${path.module}/analytics/latency.sql.tftpl", {
          messages = local.messages_view, dimension = name, expression = expression, intervals = local.message_intervals
        })
      }
    }
  ]...)

  messages_view = var.analytics ? "${var.project_id}.${google_bigquery_table.messages[0].dataset_id}.${google_bigquery_table.messages[0].table_id}" : null
}

resource "google_bigquery_table" "messages" {
  count = local.analytics_count

  dataset_id          = google_bigquery_dataset.analytics[0].dataset_id
  table_id            = "messages"
  description         = "One row for each message requested in the last ${var.analytics_window_days} days: its state, when it took each step, and its fallback."
  deletion_protection = false

  view {
    use_legacy_sql = false
    query = templatefile("${path.module}/analytics/messages.sql.tftpl", {
      updates     = "${var.project_id}.${google_bigquery_table.updates[0].dataset_id}.${google_bigquery_table.updates[0].table_id}"
      window_days = var.analytics_window_days
      steps       = local.message_steps
    })
  }
}

resource "google_bigquery_table" "view" {
  for_each = local.dimension_views

  dataset_id          = google_bigquery_dataset.analytics[0].dataset_id
  table_id            = each.key
  description         = each.value.description
  deletion_protection = false

  view {
    use_legacy_sql = false
    query          = each.value.query
  }
}

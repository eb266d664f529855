# A counter for each event that the functions log, by the fields that tell one case from another. An event is named
# here by the constant that the code logs: tests/infra/terraform/test_event_names.py holds both sides to it.
locals {
  log_events = {
    webhook_started = { function = "webhook", labels = ["has_byte_code"] }

    webhook_handshake_answered = { function = "webhook", labels = ["webhook"] }
    webhook_event_published    = { function = "webhook", labels = ["family", "type", "agent_id", "token_version"] }
    webhook_event_spilled      = { function = "webhook", labels = ["family", "type", "agent_id"] }
    webhook_tokens_unreadable  = { function = "webhook", labels = [] }
    webhook_call_not_done      = { function = "webhook", labels = ["status", "error"] }
    webhook_call_crashed       = { function = "webhook", labels = ["error_type"] }

    correlate_started = { function = "correlate", labels = ["has_byte_code"] }

    correlate_event_recorded = { function = "correlate", labels = ["family", "type", "agent_id", "orphan"] }
    correlate_event_not_done = { function = "correlate", labels = ["status", "error"] }
    correlate_event_crashed  = { function = "correlate", labels = ["error_type"] }

    # Two contents signed under one id: neither is lost, and one of them is not what it says.
    correlate_event_conflicts = { function = "correlate", labels = ["family", "type", "agent_id"] }

    correlate_fallback_requested = { function = "correlate", labels = ["agent_id", "reason", "certainty"] }

    drain_done     = { function = "correlate", labels = ["is_complete"] }
    drain_not_done = { function = "correlate", labels = ["status", "error"] }
    drain_crashed  = { function = "correlate", labels = ["error_type"] }

    send_started = { function = "send", labels = ["has_byte_code"] }

    send_request_done     = { function = "send", labels = ["state", "http_status", "agent_id"] }
    send_request_refused  = { function = "send", labels = [] }
    send_request_not_done = { function = "send", labels = ["status", "error"] }
    send_request_crashed  = { function = "send", labels = ["error_type"] }

    send_request_validated   = { function = "send", labels = [] }
    send_request_split       = { function = "send", labels = [] }
    send_credentials_refused = { function = "send", labels = ["status"] }
    send_request_gave_up     = { function = "send", labels = ["agent_id"] }
    send_fallback_requested  = { function = "send", labels = ["agent_id", "reason", "certainty"] }

    sweep_done               = { function = "send", labels = ["is_complete"] }
    sweep_not_done           = { function = "send", labels = ["status", "error"] }
    sweep_crashed            = { function = "send", labels = ["error_type"] }
    sweep_orphan_found       = { function = "send", labels = ["agent_id"] }
    sweep_message_unresolved = { function = "send", labels = ["agent_id"] }
  }

  # Seconds that an event carries.
  log_durations = {
    webhook_event_age = {
      event       = "webhook_event_published"
      field       = "event_age_seconds"
      description = "From sendTime until webhook took the event: what Google and its repeats made of it."
    }
    correlate_lag = {
      event       = "correlate_event_recorded"
      field       = "lag_seconds"
      description = "From webhook's taking of the event until its documents were written."
    }
    sweep_duration = {
      event       = "sweep_done"
      field       = "seconds"
      description = "What a sweep took: every minute there is one."
    }
  }

  log_filters = {
    for event, each in local.log_events : event => join(" AND ", [
      "resource.type=\"cloud_run_revision\"",
      "resource.labels.location=\"${var.region}\"",
      "resource.labels.service_name=\"${var.prefix}-${each.function}\"",
      "jsonPayload.event=\"${event}\"",
    ])
  }
}

resource "google_logging_metric" "event" {
  for_each = local.log_events

  name             = "${var.prefix}/${each.key}"
  description      = "How often ${each.value.function} logged ${each.key}."
  filter           = local.log_filters[each.key]
  label_extractors = { for label in each.value.labels : label => "EXTRACT(jsonPayload.${label})" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"

    dynamic "labels" {
      for_each = each.value.labels

      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_logging_metric" "duration" {
  for_each = local.log_durations

  name            = "${var.prefix}/${each.key}_seconds"
  description     = each.value.description
  filter          = "${local.log_filters[each.value.event]} AND jsonPayload.${each.value.field}>=0"
  value_extractor = "EXTRACT(jsonPayload.${each.value.field})"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = "s"
  }

  # From 10 milliseconds to beyond the 7 days for which Google repeats.
  bucket_options {
    exponential_buckets {
      num_finite_buckets = 45
      growth_factor      = 1.5
      scale              = 0.01
    }
  }

  depends_on = [google_project_service.api]
}

# An alert on a metric that was made a moment ago is refused: Cloud Monitoring does not know it yet. It may take longer
# than this (up to ten minutes, its error says); the next apply goes on from there.
resource "time_sleep" "metrics" {
  create_duration = "60s"
  triggers        = { metrics = join(",", concat(values(google_logging_metric.event)[*].name, values(google_logging_metric.duration)[*].name)) }
}

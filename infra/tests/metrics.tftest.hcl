mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

mock_provider "google" { alias = "billing" }
mock_provider "google-beta" {}
mock_provider "time" {}

variables {
  project_id = "demo-project"
}

run "events_are_counted" {
  command = plan

  assert {
    condition = alltrue([
      for event, metric in google_logging_metric.event :
      metric.name == "rbm/${event}" && strcontains(metric.filter, "jsonPayload.event=\"${event}\"") &&
      metric.metric_descriptor[0].metric_kind == "DELTA" && metric.metric_descriptor[0].value_type == "INT64"
    ])
    error_message = "A metric counts the event that it is named after."
  }

  assert {
    condition = alltrue([
      for event, metric in google_logging_metric.event :
      strcontains(metric.filter, "service_name=\"rbm-${lookup({ sweep = "send", drain = "correlate" }, split("_", event)[0], split("_", event)[0])}\"") && strcontains(metric.filter, "location=\"us-central1\"")
    ])
    error_message = "Only the function that an event begins with logs it, send those of the sweep, and correlate those of the drain; another system's functions are not counted."
  }

  assert {
    condition = alltrue([
      for metric in google_logging_metric.event :
      toset(keys(metric.label_extractors)) == toset(metric.metric_descriptor[0].labels[*].key) &&
      alltrue([for label, extractor in metric.label_extractors : extractor == "EXTRACT(jsonPayload.${label})"])
    ])
    error_message = "Every label is taken from the field of its name."
  }

  assert {
    condition     = google_logging_metric.event["send_request_done"].label_extractors["http_status"] == "EXTRACT(jsonPayload.http_status)"
    error_message = "Answers of the platform are told apart by their status."
  }
}

run "durations_are_distributions" {
  command = plan

  assert {
    condition = { for name, metric in google_logging_metric.duration : name => "${metric.name} ${metric.value_extractor} ${metric.metric_descriptor[0].value_type} ${metric.metric_descriptor[0].unit}" } == {
      webhook_event_age = "rbm/webhook_event_age_seconds EXTRACT(jsonPayload.event_age_seconds) DISTRIBUTION s"
      correlate_lag     = "rbm/correlate_lag_seconds EXTRACT(jsonPayload.lag_seconds) DISTRIBUTION s"
      sweep_duration    = "rbm/sweep_duration_seconds EXTRACT(jsonPayload.seconds) DISTRIBUTION s"
    }
    error_message = "Ages and lags are distributions in seconds."
  }

  assert {
    condition = alltrue([
      for metric in google_logging_metric.duration :
      metric.bucket_options[0].exponential_buckets[0].scale * pow(metric.bucket_options[0].exponential_buckets[0].growth_factor, metric.bucket_options[0].exponential_buckets[0].num_finite_buckets) > 604800
    ])
    error_message = "The buckets reach beyond the 7 days for which Google repeats a callback."
  }
}

run "prefix_sets_metrics_apart" {
  command = plan

  variables {
    prefix = "chat"
  }

  assert {
    condition = (
      google_logging_metric.event["send_request_done"].name == "chat/send_request_done" &&
      alltrue([for condition in google_monitoring_alert_policy.alert["functions_crash"].conditions : strcontains(condition.condition_threshold[0].filter, "logging.googleapis.com/user/chat/")])
    )
    error_message = "A second system in the same project has metrics and alerts of its own."
  }
}

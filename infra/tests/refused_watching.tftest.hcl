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

run "thresholds_out_of_range" {
  command = plan

  variables {
    alert_thresholds         = { orphan_share = 5 }
    alert_channels           = ["on-call"]
    webhook_objective        = { availability = 99.9 }
    analytics_retention_days = 0.5
    analytics_window_days    = 0
    analytics_readers        = ["allUsers"]
  }

  expect_failures = [
    var.alert_thresholds,
    var.alert_channels,
    var.webhook_objective,
    var.analytics_retention_days,
    var.analytics_window_days,
    var.analytics_readers,
  ]
}

run "negative_threshold_and_slow_objective" {
  command = plan

  variables {
    alert_thresholds  = { quota_refusals = -1 }
    webhook_objective = { latency_seconds = 31 }
  }

  expect_failures = [var.alert_thresholds, var.webhook_objective]
}

run "sweeps_missed_for_less_than_cloud_monitoring_waits" {
  command = plan

  variables {
    alert_thresholds = { unswept_minutes = 1 }
  }

  expect_failures = [var.alert_thresholds]
}

run "drains_missed_for_less_than_cloud_monitoring_waits" {
  command = plan

  variables {
    alert_thresholds = { undrained_minutes = 1 }
  }

  expect_failures = [var.alert_thresholds]
}

run "silence_longer_than_cloud_monitoring_waits" {
  command = plan

  variables {
    alert_thresholds = { silent_hours = 24 }
  }

  expect_failures = [var.alert_thresholds]
}

mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

mock_provider "google" { alias = "billing" }
mock_provider "google-beta" {}
mock_provider "time" {}

variables {
  project_id   = "demo-project"
  alert_emails = ["on-call@example.com"]
}

run "rows_of_the_design" {
  command = plan

  assert {
    condition = toset(keys(google_monitoring_alert_policy.alert)) == toset([
      "backlog_is_old", "messages_dead_lettered", "dead_letters_wait", "pushes_fail",
      "webhook_fails", "webhook_is_slow", "instances_at_limit",
      "signatures_fail", "calls_unreadable", "tokens_unreadable", "events_are_old", "payloads_unknown", "writes_not_confirmed", "functions_crash", "byte_code_missing",
      "orphans_found", "sends_rejected", "requests_given_up", "credentials_refused", "quota_exceeded", "outcomes_stay_open",
      "sweep_stalls", "orphans_stay", "events_spilled", "drain_stalls",
      "availability_burns_fast", "availability_burns_slow", "latency_burns_fast", "latency_burns_slow",
    ])
    error_message = "There is an alert for everything that goes wrong; without steady traffic, silence is none."
  }

  assert {
    condition = { for name, each in google_monitoring_alert_policy.alert : name => flatten(each.conditions[*].condition_threshold)[0].threshold_value if length(regexall("_burns_", name)) == 0 } == {
      backlog_is_old  = 300, messages_dead_lettered = 0, dead_letters_wait = 0, pushes_fail = 5
      webhook_fails   = 5, webhook_is_slow = 2000, instances_at_limit = 15
      signatures_fail = 10, calls_unreadable = 50, tokens_unreadable = 0, events_are_old = 300, payloads_unknown = 0, writes_not_confirmed = 20, functions_crash = 0, byte_code_missing = 0
      orphans_found   = 5, sends_rejected = 0, requests_given_up = 0, credentials_refused = 0, quota_exceeded = 20, outcomes_stay_open = 20
      sweep_stalls    = 5, orphans_stay = 0, events_spilled = 0, drain_stalls = 5
    }
    error_message = "The thresholds are those of the table in the design; where there are two, the first by name."
  }
}

run "what_they_look_at" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for name, each in google_monitoring_alert_policy.alert : [
        for looked_at in flatten([each.conditions[*].condition_threshold, each.conditions[*].condition_absent]) :
        length(regexall("metric[.]type=", looked_at.filter)) == 1 && length(regexall("resource[.]type=", looked_at.filter)) == 1
      ] if length(regexall("_burns_", name)) == 0
    ]))
    error_message = "Cloud Monitoring takes a condition on exactly one metric and one kind of resource."
  }

  assert {
    condition = alltrue(flatten([
      for name, each in google_monitoring_alert_policy.alert : [
        for threshold in flatten(each.conditions[*].condition_threshold) :
        threshold.duration == "0s" ? threshold.evaluation_missing_data == null : threshold.evaluation_missing_data == "EVALUATION_MISSING_DATA_INACTIVE"
      ]
    ]))
    error_message = "evaluation_missing_data goes with a duration, and only with one."
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.alert["backlog_is_old"].conditions[0].condition_threshold[0].filter, "one_of(\"rbm-events-correlate\", \"rbm-send-requests-send\")")
    error_message = "The age of the backlog is watched in every subscription that delivers."
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.alert["dead_letters_wait"].conditions[0].condition_threshold[0].filter, "subscription_id=\"rbm-dead-letters-kept\"")
    error_message = "The subscription that keeps the dead letters is watched by its own name."
  }

  assert {
    condition = alltrue([
      for name in ["pushes_fail", "webhook_fails", "webhook_is_slow", "events_are_old", "orphans_found"] :
      google_monitoring_alert_policy.alert[name].combiner == "AND" && length(google_monitoring_alert_policy.alert[name].conditions) == 2
    ])
    error_message = "A share or a percentile of next to nothing is no alert."
  }

  assert {
    condition = toset([for condition in google_monitoring_alert_policy.alert["functions_crash"].conditions : regex("user/(rbm/[a-z_]+)", condition.condition_threshold[0].filter)[0]]) == toset([
      "rbm/webhook_call_crashed", "rbm/correlate_event_crashed", "rbm/send_request_crashed", "rbm/sweep_crashed", "rbm/drain_crashed",
    ])
    error_message = "A crash of any function is an alert."
  }

  assert {
    condition = toset([
      for condition in google_monitoring_alert_policy.alert["byte_code_missing"].conditions :
      regex("user/rbm/([a-z_]+)\" .* metric.labels.has_byte_code=\"false\"", condition.condition_threshold[0].filter)[0]
    ]) == toset(["webhook_started", "correlate_started", "send_started"])
    error_message = "A start without byte code is an alert, of any function; one with it is none."
  }

  assert {
    condition = [
      for absence in flatten(google_monitoring_alert_policy.alert["sweep_stalls"].conditions[*].condition_absent) :
      "${absence.duration} ${strcontains(absence.filter, "rbm/sweep_done") && strcontains(absence.filter, "is_complete=\"true\"")}"
    ] == ["600s true"]
    error_message = "Ten minutes without a sweep that was complete are an alert, whatever incomplete ones there were."
  }

  assert {
    condition = (
      google_monitoring_alert_policy.alert["sweep_stalls"].combiner == "OR" &&
      strcontains(flatten(google_monitoring_alert_policy.alert["sweep_stalls"].conditions[*].condition_threshold)[0].filter, "rbm/sweep_not_done")
    )
    error_message = "Sweeps that fail are an alert even where none was ever complete: absence alone is not noticed then."
  }

  assert {
    condition = { for name in ["requests_given_up", "credentials_refused", "orphans_stay"] : name => [
      for threshold in flatten(google_monitoring_alert_policy.alert[name].conditions[*].condition_threshold) :
      "${regex("user/([a-z_/]+)", threshold.filter)[0]} ${join(" ", threshold.aggregations[0].group_by_fields)}"
      ] } == {
      requests_given_up   = ["rbm/send_request_gave_up metric.label.agent_id"]
      credentials_refused = ["rbm/send_credentials_refused metric.label.status"]
      orphans_stay        = ["rbm/sweep_orphan_found metric.label.agent_id"]
    }
    error_message = "Requests that were given up and orphans that stay are told by agent, refused credentials by why."
  }

  assert {
    condition = anytrue([
      for condition in google_monitoring_alert_policy.alert["signatures_fail"].conditions :
      strcontains(condition.condition_threshold[0].filter, "rbm/webhook_call_not_done") && strcontains(condition.condition_threshold[0].filter, "NotAuthentic")
    ])
    error_message = "Signature failures are counted apart from other refusals."
  }
}

run "thresholds_are_variables" {
  command = plan

  variables {
    alert_thresholds = { backlog_age_seconds = 60, quota_refusals = 1, instance_share = 0.5, silent_hours = 6, unswept_minutes = 30 }
    functions        = { webhook = { max_instances = 1 }, correlate = { max_instances = 3 } }
  }

  assert {
    condition = (
      google_monitoring_alert_policy.alert["backlog_is_old"].conditions[0].condition_threshold[0].threshold_value == 60 &&
      google_monitoring_alert_policy.alert["quota_exceeded"].conditions[0].condition_threshold[0].threshold_value == 1 &&
      google_monitoring_alert_policy.alert["signatures_fail"].conditions[0].condition_threshold[0].threshold_value == 10
    )
    error_message = "A threshold that is set is taken, the others stay."
  }

  assert {
    condition = { for condition in google_monitoring_alert_policy.alert["instances_at_limit"].conditions : condition.display_name => condition.condition_threshold[0].threshold_value } == {
      "busy instances of correlate" = 1, "busy instances of send" = 4
    }
    error_message = "Half of 3 instances is 2 or more, of 10 it is 5; one instance alone is always at its limit."
  }

  assert {
    condition     = google_monitoring_alert_policy.alert["nothing_arrives"].conditions[0].condition_absent[0].duration == "21600s" && strcontains(google_monitoring_alert_policy.alert["nothing_arrives"].conditions[0].condition_absent[0].filter, "rbm/webhook_event_published")
    error_message = "Silence is six hours without an authentic event, whatever scanners send."
  }

  assert {
    condition     = flatten(google_monitoring_alert_policy.alert["sweep_stalls"].conditions[*].condition_absent)[0].duration == "1800s"
    error_message = "How long a sweep may be missed is a variable."
  }
}

run "somebody_is_told_and_knows_what_to_do" {
  command = plan

  variables {
    alert_emails     = ["on-call@example.com", "lead@example.com"]
    alert_channels   = ["projects/demo-project/notificationChannels/42"]
    alert_thresholds = { silent_hours = 6 }
  }

  override_resource {
    target          = google_monitoring_notification_channel.email["on-call@example.com"]
    override_during = plan
    values          = { name = "projects/demo-project/notificationChannels/1" }
  }

  override_resource {
    target          = google_monitoring_notification_channel.email["lead@example.com"]
    override_during = plan
    values          = { name = "projects/demo-project/notificationChannels/2" }
  }

  assert {
    condition = alltrue([
      for each in google_monitoring_alert_policy.alert :
      length(each.notification_channels) == 3 && contains(each.notification_channels, "projects/demo-project/notificationChannels/42")
    ])
    error_message = "Every alert goes to every e-mail address and every channel."
  }

  assert {
    condition     = toset([for channel in google_monitoring_notification_channel.email : "${channel.type} ${channel.labels["email_address"]}"]) == toset(["email on-call@example.com", "email lead@example.com"])
    error_message = "Each address is a channel of its own."
  }

  # 8192 characters is what Cloud Monitoring takes.
  assert {
    condition = alltrue([
      for each in google_monitoring_alert_policy.alert :
      strcontains(each.documentation[0].content, "**What it means.**") &&
      length(regexall("(?m)^(gcloud .*demo-project|GOOGLE_CLOUD_PROJECT=demo-project FIRESTORE_DATABASE=rbm-ledger rbm [a-z]+ )", each.documentation[0].content)) == 3 &&
      length(each.documentation[0].content) < 8192
    ])
    error_message = "Every alert carries its runbook: what it means, and the first three commands for this project."
  }

  assert {
    condition = length(flatten([
      for name, each in google_monitoring_alert_policy.alert : setsubtract(
        flatten([
          for looked_at in flatten([each.conditions[*].condition_threshold, each.conditions[*].condition_absent]) :
          regexall("user/rbm/([a-z_]+)\"", looked_at.filter) if !strcontains(looked_at.filter, "_seconds\"")
        ]),
        flatten(regexall("\"([a-z_]+)\"", each.documentation[0].content)),
      ) if !contains(["nothing_arrives", "writes_not_confirmed"], name) && length(regexall("_burns_", name)) == 0
    ])) == 0
    error_message = "Every event that an alert counts is looked for by its runbook, but for one that never came, and where it asks for the error of any."
  }

  # It withholds what it shows for as long as a delivery may take, so that a replay right after it would miss these.
  assert {
    condition     = !anytrue([for each in google_monitoring_alert_policy.alert : length(regexall("(?m)^gcloud pubsub subscriptions pull", each.documentation[0].content)) > 0])
    error_message = "No runbook looks at the dead letters by a pull."
  }
}

run "nobody_is_told" {
  command = plan

  variables {
    alert_emails = []
  }

  assert {
    condition     = length(google_monitoring_notification_channel.email) == 0 && length(google_monitoring_alert_policy.alert["webhook_fails"].notification_channels) == 0
    error_message = "Without addresses alerts are incidents only."
  }
}

# The charts of dashboard.tf, by stage. unit labels the axis; alert draws the line from which on an alert opens.
locals {
  pushes_to = {
    for key, each in local.push_subscriptions :
    key => "metric.type=\"pubsub.googleapis.com/subscription/push_request_count\" AND resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"${each.name}\""
  }

  pushes_by_outcome = { measure = "rate", by = ["metric.label.response_class"], legend = "$${metric.labels.response_class}" }

  request_charts = [
    {
      title = "Requests published"
      unit  = "messages/s"
      series = [
        { filter = local.published["send_requests"], measure = "rate", legend = "requests" },
        { filter = local.event_metrics["send_request_split"], measure = "rate", legend = "of these for many, split" },
        { filter = local.event_metrics["send_request_validated"], measure = "rate", legend = "of these validated only" },
      ]
    },
    {
      title  = "Backlog: oldest request"
      unit   = "seconds"
      alert  = var.alert_thresholds.backlog_age_seconds
      series = [{ filter = local.oldest_messages["send"], measure = "highest", legend = "oldest" }]
    },
    {
      title = "Refused by send, for good"
      unit  = "requests/s"
      series = [
        { filter = local.event_metrics["send_request_refused"], measure = "rate", legend = "invalid" },
        { filter = local.event_metrics["send_request_gave_up"], measure = "rate", legend = "given up, after the last attempt" },
      ]
    },
    {
      title  = "Pushes to send, by outcome"
      unit   = "pushes/s"
      plot   = "STACKED_BAR"
      series = [merge(local.pushes_by_outcome, { filter = local.pushes_to["send"] })]
    },
  ]

  send_charts = [
    {
      title = "Outcome of a request"
      unit  = "requests/s"
      plot  = "STACKED_BAR"
      series = [
        { filter = local.event_metrics["send_request_done"], measure = "rate", by = ["metric.label.state"], legend = "$${metric.labels.state}" },
      ]
    },
    {
      title = "Answers of the platform, by HTTP status"
      unit  = "answers/s"
      plot  = "STACKED_BAR"
      series = [
        { filter = local.event_metrics["send_request_done"], measure = "rate", by = ["metric.label.http_status"], legend = "$${metric.labels.http_status}" },
      ]
    },
    {
      title = "To be repeated: 429 (Throttled), open (CallAgain), not confirmed"
      unit  = "requests/s"
      plot  = "STACKED_BAR"
      series = [
        { filter = local.event_metrics["send_request_not_done"], measure = "rate", by = ["metric.label.error"], legend = "$${metric.labels.error}" },
      ]
    },
    {
      title = "Latency of send"
      unit  = "milliseconds"
      series = [
        for measure in ["median", "p95", "p99"] :
        { filter = "metric.type=\"run.googleapis.com/request_latencies\" AND ${local.services["send"]}", measure = measure, legend = measure }
      ]
    },
  ]

  callback_charts = [
    {
      title = "Events published, by type"
      unit  = "events/s"
      plot  = "STACKED_BAR"
      series = [
        { filter = local.event_metrics["webhook_event_published"], measure = "rate", by = ["metric.label.family", "metric.label.type"], legend = "$${metric.labels.family} $${metric.labels.type}" },
        { filter = local.event_metrics["webhook_event_spilled"], measure = "rate", legend = "spilled" },
      ]
    },
    {
      title = "Answers of webhook, by class"
      unit  = "calls/s"
      plot  = "STACKED_BAR"
      series = [
        { filter = local.webhook_answers, measure = "rate", by = ["metric.label.response_code_class"], legend = "$${metric.labels.response_code_class}" },
      ]
    },
    {
      title = "Latency of webhook"
      unit  = "milliseconds"
      alert = var.alert_thresholds.webhook_latency_seconds * 1000
      series = [
        for measure in ["median", "p95", "p99"] : { filter = local.webhook_latencies, measure = measure, legend = measure }
      ]
    },
    {
      title = "Age of an event when it comes"
      unit  = "seconds"
      alert = var.alert_thresholds.event_age_seconds
      series = [
        for measure in ["median", "p95", "p99"] : { filter = local.duration_metrics["webhook_event_age"], measure = measure, legend = measure }
      ]
    },
  ]

  event_charts = [
    {
      title = "Events recorded, and updates published"
      unit  = "messages/s"
      series = [
        { filter = local.recorded_events, measure = "rate", legend = "recorded" },
        { filter = local.published["updates"], measure = "rate", legend = "updates" },
        { filter = local.orphans, measure = "rate", legend = "of these orphans" },
      ]
    },
    {
      title  = "Backlog: oldest event"
      unit   = "seconds"
      alert  = var.alert_thresholds.backlog_age_seconds
      series = [{ filter = local.oldest_messages["correlate"], measure = "highest", legend = "oldest" }]
    },
    {
      title = "From webhook to the written document"
      unit  = "seconds"
      series = [
        for measure in ["median", "p95", "p99"] : { filter = local.duration_metrics["correlate_lag"], measure = measure, legend = measure }
      ]
    },
    {
      title  = "Pushes to correlate, by outcome"
      unit   = "pushes/s"
      plot   = "STACKED_BAR"
      series = [merge(local.pushes_by_outcome, { filter = local.pushes_to["correlate"] })]
    },
  ]

  sweep_charts = [
    {
      title = "Fallbacks requested, by reason"
      unit  = "messages/s"
      plot  = "STACKED_BAR"
      series = [
        { filter = local.event_metrics["send_fallback_requested"], measure = "rate", by = ["metric.label.reason", "metric.label.certainty"], legend = "$${metric.labels.reason} $${metric.labels.certainty}" },
        { filter = local.event_metrics["correlate_fallback_requested"], measure = "rate", by = ["metric.label.reason", "metric.label.certainty"], legend = "$${metric.labels.reason} $${metric.labels.certainty}" },
      ]
    },
    {
      title = "Found by the sweep"
      unit  = "messages"
      plot  = "STACKED_BAR"
      series = [
        { filter = local.event_metrics["sweep_message_unresolved"], measure = "count", legend = "nothing came: unresolved" },
        { filter = local.event_metrics["sweep_orphan_found"], measure = "count", legend = "no request came: orphans" },
      ]
    },
    {
      title = "Sweeps"
      unit  = "sweeps"
      plot  = "STACKED_BAR"
      series = [
        { filter = local.complete_sweeps, measure = "count", legend = "complete" },
        { filter = "${local.event_metrics["sweep_done"]} AND metric.labels.is_complete=\"false\"", measure = "count", legend = "out of time" },
        { filter = local.event_metrics["sweep_not_done"], measure = "count", legend = "failed" },
      ]
    },
    {
      title = "How long a sweep takes"
      unit  = "seconds"
      series = [
        for measure in ["median", "p95", "p99"] : { filter = local.duration_metrics["sweep_duration"], measure = measure, legend = measure }
      ]
    },
  ]

  fault_charts = [
    {
      title = "Messages given up on"
      unit  = "messages"
      plot  = "STACKED_BAR"
      series = [
        { filter = local.given_up, measure = "count", by = local.by_subscription, legend = "$${resource.labels.subscription_id}" },
      ]
    },
    {
      title  = "Dead letters waiting"
      unit   = "messages"
      series = [{ filter = local.dead_letters_waiting, measure = "highest", legend = "waiting" }]
    },
    {
      title = "Calls to webhook that were refused"
      unit  = "calls/s"
      plot  = "STACKED_BAR"
      series = [
        { filter = local.event_metrics["webhook_call_not_done"], measure = "rate", by = ["metric.label.error"], legend = "$${metric.labels.error}" },
      ]
    },
    {
      title = "Busy instances"
      unit  = "instances"
      series = [
        for name, service in local.services :
        { filter = "metric.type=\"run.googleapis.com/container/instance_count\" AND ${service} AND metric.labels.state=\"active\"", measure = "total", legend = name }
      ]
    },
  ]
}

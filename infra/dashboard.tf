# The flow from left to right: what it came to in a row of numbers, a column of charts for each stage, below them what
# nobody tells and a sweep finds, and what went wrong. A series says what (filter), how (measure), and which labels are told apart (by, legend). The template
# leaves out what is zero or empty: Cloud Monitoring does so too, and every plan would show it as a change.
locals {
  chart_measures = merge(local.measures, {
    rate = { aligner = "ALIGN_RATE", reducer = "REDUCE_SUM" }
    p95  = { aligner = "ALIGN_DELTA", reducer = "REDUCE_PERCENTILE_95" }
  })

  published = {
    for key, name in local.topics :
    key => "metric.type=\"pubsub.googleapis.com/topic/send_message_operation_count\" AND resource.type=\"pubsub_topic\" AND resource.labels.topic_id=\"${name}\""
  }

  oldest_messages = {
    for key, each in local.push_subscriptions :
    key => "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"${each.name}\""
  }

  dead_letters_waiting = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND ${local.kept}"

  dashboard_scores = [
    { title = "Requested", filter = local.published["send_requests"], measure = "count" },
    { title = "Accepted by the platform", filter = "${local.event_metrics["send_request_done"]} AND metric.labels.state=\"accepted\"", measure = "count" },
    { title = "Refused for good", filter = "${local.event_metrics["send_request_done"]} AND metric.labels.state=\"rejected\"", measure = "count", red_above_zero = true },
    { title = "Callbacks answered", filter = "${local.webhook_answers} AND metric.labels.response_code_class=\"2xx\"", measure = "count" },
    { title = "Events published", filter = local.event_metrics["webhook_event_published"], measure = "count" },
    { title = "Events recorded", filter = local.recorded_events, measure = "count" },
    { title = "Updates published", filter = local.published["updates"], measure = "count" },
    { title = "Dead letters waiting", filter = local.dead_letters_waiting, measure = "highest", red_above_zero = true },
  ]

  dashboard_stages = [
    {
      title  = "1  Requests"
      text   = "${local.topics.send_requests}, filled by other services, pushed to send."
      charts = local.request_charts
    },
    {
      title  = "2  Send"
      text   = "The platform is called, its answer recorded."
      charts = local.send_charts
    },
    {
      title  = "3  Callbacks"
      text   = "Google calls webhook, which publishes to ${local.topics.events}."
      charts = local.callback_charts
    },
    {
      title  = "4  Events and updates"
      text   = "correlate writes the documents and publishes to ${local.topics.updates}."
      charts = local.event_charts
    },
  ]

  stage_width  = 12
  chart_height = 12
  score_width  = 6
  # Heights of the rows of numbers and of headings.
  score_height   = 7
  heading_height = 5

  charts_top = local.score_height + local.heading_height
  rows_top   = local.charts_top + local.chart_height * max([for stage in local.dashboard_stages : length(stage.charts)]...)
  chart_rows = [local.sweep_charts, local.fault_charts]
  last_top   = local.rows_top + local.chart_height * length(local.chart_rows)

  score_tiles = [
    for place, score in local.dashboard_scores :
    merge(score, { kind = "score", x = place * local.score_width, y = 0, width = local.score_width, height = local.score_height })
  ]

  heading_tiles = [
    for place, stage in local.dashboard_stages : {
      kind   = "text"
      title  = stage.title
      text   = stage.text
      x      = place * local.stage_width
      y      = local.score_height
      width  = local.stage_width
      height = local.heading_height
    }
  ]

  chart_tiles = flatten([
    for place, stage in local.dashboard_stages : [
      for row, chart in stage.charts : merge(chart, {
        kind   = "chart"
        x      = place * local.stage_width
        y      = local.charts_top + row * local.chart_height
        width  = local.stage_width
        height = local.chart_height
      })
    ]
  ])

  row_tiles = flatten([
    for row, charts in local.chart_rows : [
      for place, chart in charts : merge(chart, {
        kind   = "chart"
        x      = place * local.stage_width
        y      = local.rows_top + row * local.chart_height
        width  = local.stage_width
        height = local.chart_height
      })
    ]
  ])

  last_tiles = [
    {
      kind   = "incidents"
      title  = "Open incidents"
      x      = 0
      y      = local.last_top
      width  = 2 * local.stage_width
      height = local.chart_height
    },
    {
      kind   = "logs"
      title  = "Errors that the functions logged"
      filter = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name:\"${var.prefix}-\" AND severity>=ERROR"
      x      = 2 * local.stage_width
      y      = local.last_top
      width  = 2 * local.stage_width
      height = local.chart_height
    },
  ]

  dashboard_address = "https://console.cloud.google.com/monitoring/dashboards/builder/${element(split("/", google_monitoring_dashboard.flow.id), -1)}?project=${var.project_id}"
}

resource "google_monitoring_dashboard" "flow" {
  dashboard_json = templatefile("${path.module}/dashboard.json.tftpl", {
    title    = "${var.prefix}: from request to update"
    project  = var.project_id
    measures = local.chart_measures
    tiles    = concat(local.score_tiles, local.heading_tiles, local.chart_tiles, local.row_tiles, local.last_tiles)
  })

  depends_on = [google_project_service.api]
}

# How the functions answer, whatever they log.
locals {
  services = {
    for name in keys(local.functions) :
    name => "resource.type=\"cloud_run_revision\" AND resource.labels.location=\"${var.region}\" AND resource.labels.service_name=\"${var.prefix}-${name}\""
  }

  webhook_answers   = "metric.type=\"run.googleapis.com/request_count\" AND ${local.services["webhook"]}"
  webhook_latencies = "metric.type=\"run.googleapis.com/request_latencies\" AND ${local.services["webhook"]}"
  webhook_failures  = "${local.webhook_answers} AND metric.labels.response_code_class=\"5xx\""

  function_alerts = {
    webhook_fails = {
      title    = "webhook fails"
      severity = "CRITICAL"
      all      = true
      conditions = {
        "share of 5xx" = {
          filter      = local.webhook_failures
          denominator = local.webhook_answers
          measure     = "count"
          window      = 300
          lasting     = 300
          above       = var.alert_thresholds.webhook_error_share
        }
        "more than a few" = {
          filter  = local.webhook_failures
          measure = "count"
          window  = 300
          above   = local.share_floor
        }
      }
    }

    webhook_is_slow = {
      title    = "webhook is slow"
      severity = "WARNING"
      all      = true
      conditions = {
        # In milliseconds.
        "99th percentile of its latency" = {
          filter  = local.webhook_latencies
          measure = "p99"
          window  = 300
          lasting = 300
          above   = var.alert_thresholds.webhook_latency_seconds * 1000
        }
        "enough answers to tell" = {
          filter  = local.webhook_answers
          measure = "count"
          window  = 300
          above   = local.traffic_floor
        }
      }
    }

    instances_at_limit = {
      title    = "a function is at its limit of instances"
      severity = "WARNING"
      conditions = {
        # A function that may have one instance only is always at its limit. The comparison is >, and means >= here.
        for name, each in var.functions : "busy instances of ${name}" => {
          filter  = "metric.type=\"run.googleapis.com/container/instance_count\" AND ${local.services[name]} AND metric.labels.state=\"active\""
          measure = "total"
          window  = 60
          lasting = 600
          above   = ceil(each.max_instances * var.alert_thresholds.instance_share) - 1
        } if each.max_instances > 1
      }
    }
  }
}

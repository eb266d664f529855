# What becomes of messages, as the functions log it.
locals {
  recorded_events = local.event_metrics["correlate_event_recorded"]
  orphans         = "${local.recorded_events} AND metric.labels.orphan=\"true\""

  message_alerts = {
    orphans_found = {
      title    = "events come for messages that were never requested here"
      severity = "WARNING"
      all      = true
      conditions = {
        "share of orphans" = {
          filter      = local.orphans
          denominator = "${local.recorded_events} AND metric.labels.orphan=one_of(\"true\", \"false\")"
          measure     = "count"
          window      = 3600
          above       = var.alert_thresholds.orphan_share
        }
        "more than a few" = {
          filter  = local.orphans
          measure = "count"
          window  = 3600
          above   = local.share_floor
        }
      }
    }

    sends_rejected = {
      title    = "messages are refused for good"
      severity = "WARNING"
      conditions = {
        "by the platform, in an hour" = {
          filter  = "${local.event_metrics["send_request_done"]} AND metric.labels.state=\"rejected\""
          measure = "count"
          window  = 3600
          above   = var.alert_thresholds.rejected_sends
          by      = ["metric.label.http_status"]
        }
        "by send, in an hour" = {
          filter  = local.event_metrics["send_request_refused"]
          measure = "count"
          window  = 3600
          above   = var.alert_thresholds.rejected_sends
        }
      }
    }

    requests_given_up = {
      title    = "send gave up on requests"
      severity = "ERROR"
      conditions = {
        "in an hour" = {
          filter  = local.event_metrics["send_request_gave_up"]
          measure = "count"
          window  = 3600
          above   = var.alert_thresholds.given_up_requests
          by      = ["metric.label.agent_id"]
        }
      }
    }

    credentials_refused = {
      title    = "the platform does not accept send's credentials"
      severity = "CRITICAL"
      conditions = {
        "in 5 minutes" = {
          filter  = local.event_metrics["send_credentials_refused"]
          measure = "count"
          window  = 300
          above   = 0
          by      = ["metric.label.status"]
        }
      }
    }

    quota_exceeded = {
      title    = "the platform refuses for its quota"
      severity = "WARNING"
      conditions = {
        "429 in 5 minutes" = {
          filter  = "${local.event_metrics["send_request_not_done"]} AND metric.labels.error=\"Throttled\""
          measure = "count"
          window  = 300
          above   = var.alert_thresholds.quota_refusals
        }
      }
    }

    outcomes_stay_open = {
      title    = "the platform's answers settle nothing"
      severity = "ERROR"
      conditions = {
        "none, 5xx or unreadable, in 5 minutes" = {
          filter  = "${local.event_metrics["send_request_not_done"]} AND metric.labels.error=\"CallAgain\""
          measure = "count"
          window  = 300
          above   = var.alert_thresholds.unsettled_calls
        }
      }
    }
  }
}

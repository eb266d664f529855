# What the functions log of their own work: events of local.log_events.
locals {
  event_metrics = {
    for event, metric in google_logging_metric.event :
    event => "metric.type=\"logging.googleapis.com/user/${metric.name}\" AND resource.type=\"cloud_run_revision\""
  }

  duration_metrics = {
    for name, metric in google_logging_metric.duration :
    name => "metric.type=\"logging.googleapis.com/user/${metric.name}\" AND resource.type=\"cloud_run_revision\""
  }

  # Classes of rbm_ledger/domain/errors.py and usecases/send.py.
  unauthentic = "metric.labels.error=one_of(\"NotAuthentic\", \"UnknownToken\")"
  unreadable  = "metric.labels.error=one_of(\"MalformedInput\", \"MalformedDelivery\", \"NotJson\", \"InputTooLarge\")"
  unconfirmed = "metric.labels.error=one_of(\"NotConfirmed\", \"Refused\")"

  crashes = ["webhook_call_crashed", "correlate_event_crashed", "send_request_crashed", "sweep_crashed", "drain_crashed"]
  starts  = ["webhook_started", "correlate_started", "send_started"]

  # By the events that were authentic: scanners call a public address at any hour.
  silence_alert = {
    for hours in var.alert_thresholds.silent_hours[*] : "nothing_arrives" => {
      title    = "nothing arrives"
      severity = "WARNING"
      conditions = {
        "no event for ${hours} h" = {
          filter  = local.event_metrics["webhook_event_published"]
          measure = "count"
          window  = 300
          absent  = hours * 3600
        }
      }
    }
  }

  event_alerts = merge(local.silence_alert, {
    signatures_fail = {
      title    = "calls to webhook are not authentic"
      severity = "ERROR"
      conditions = {
        "refused in 5 minutes" = {
          filter  = "${local.event_metrics["webhook_call_not_done"]} AND ${local.unauthentic}"
          measure = "count"
          window  = 300
          above   = var.alert_thresholds.signature_failures
        }
      }
    }

    calls_unreadable = {
      title    = "calls to webhook cannot be read"
      severity = "WARNING"
      conditions = {
        "refused in 5 minutes" = {
          filter  = "${local.event_metrics["webhook_call_not_done"]} AND ${local.unreadable}"
          measure = "count"
          window  = 300
          above   = var.alert_thresholds.unreadable_calls
        }
      }
    }

    tokens_unreadable = {
      title    = "the client tokens cannot be read"
      severity = "ERROR"
      conditions = {
        "any in an hour" = {
          filter  = local.event_metrics["webhook_tokens_unreadable"]
          measure = "count"
          window  = 3600
          above   = 0
        }
      }
    }

    events_are_old = {
      title    = "events come late"
      severity = "WARNING"
      all      = true
      conditions = {
        "median age in seconds" = {
          filter  = local.duration_metrics["webhook_event_age"]
          measure = "median"
          window  = 600
          lasting = 600
          above   = var.alert_thresholds.event_age_seconds
        }
        "more than a few" = {
          filter  = local.event_metrics["webhook_event_published"]
          measure = "count"
          window  = 600
          above   = local.share_floor
        }
      }
    }

    payloads_unknown = {
      title    = "Google sends something new"
      severity = "WARNING"
      conditions = {
        "unknown in an hour" = {
          filter  = "${local.event_metrics["webhook_event_published"]} AND metric.labels.family=\"Unknown\""
          measure = "count"
          window  = 3600
          above   = var.alert_thresholds.unknown_payloads
        }
      }
    }

    writes_not_confirmed = {
      title    = "Google Cloud does not confirm writes"
      severity = "ERROR"
      conditions = {
        for event in ["webhook_call_not_done", "correlate_event_not_done", "send_request_not_done"] : "${event} in 5 minutes" => {
          filter  = "${local.event_metrics[event]} AND ${local.unconfirmed}"
          measure = "count"
          window  = 300
          above   = var.alert_thresholds.unconfirmed_writes
        }
      }
    }

    functions_crash = {
      title    = "a function crashed"
      severity = "CRITICAL"
      events   = local.crashes
      conditions = {
        for event in local.crashes : "${event} in an hour" => {
          filter  = local.event_metrics[event]
          measure = "count"
          window  = 3600
          above   = 0
        }
      }
    }

    byte_code_missing = {
      title    = "a function compiles itself at every start"
      severity = "WARNING"
      events   = local.starts
      conditions = {
        for event in local.starts : "${event} in an hour" => {
          filter  = "${local.event_metrics[event]} AND metric.labels.has_byte_code=\"false\""
          measure = "count"
          window  = 3600
          above   = 0
        }
      }
    }
  })
}

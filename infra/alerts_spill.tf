# Events that webhook keeps while Pub/Sub is away, and what publishes them.
locals {
  complete_drains = "${local.event_metrics["drain_done"]} AND metric.labels.is_complete=\"true\""

  spill_alerts = { for name, alert in local.alerts_of_spill : name => alert if var.spill }

  alerts_of_spill = {
    events_spilled = {
      title    = "webhook spills events: Pub/Sub does not confirm"
      severity = "ERROR"
      conditions = {
        "spilled in 5 minutes" = {
          filter  = local.event_metrics["webhook_event_spilled"]
          measure = "count"
          window  = 300
          above   = var.alert_thresholds.spilled_events
        }
      }
    }

    # By the drains that were complete, as with the sweeps.
    drain_stalls = {
      title    = "spilled events are not published"
      severity = "ERROR"
      conditions = {
        "failed in 10 minutes" = {
          filter  = local.event_metrics["drain_not_done"]
          measure = "count"
          window  = 600
          above   = local.share_floor
        }
        "no complete drain for ${var.alert_thresholds.undrained_minutes} min" = {
          filter  = local.complete_drains
          measure = "count"
          window  = 60
          absent  = var.alert_thresholds.undrained_minutes * 60
        }
      }
    }
  }
}

# What looks after messages that nobody tells anything of, and what it finds.
locals {
  complete_sweeps = "${local.event_metrics["sweep_done"]} AND metric.labels.is_complete=\"true\""

  # By the sweeps that were complete: one that runs out of time every minute falls behind. Where there never was one,
  # absence is not noticed, so that failures count too.
  sweep_alerts = {
    sweep_stalls = {
      title    = "deadlines are not looked after"
      severity = "ERROR"
      conditions = {
        "failed in 10 minutes" = {
          filter  = local.event_metrics["sweep_not_done"]
          measure = "count"
          window  = 600
          above   = local.share_floor
        }
        "no complete sweep for ${var.alert_thresholds.unswept_minutes} min" = {
          filter  = local.complete_sweeps
          measure = "count"
          window  = 60
          absent  = var.alert_thresholds.unswept_minutes * 60
        }
      }
    }

    orphans_stay = {
      title    = "requests never came for messages that events are about"
      severity = "WARNING"
      runbook  = "orphans_found"
      conditions = {
        "found in an hour" = {
          filter  = local.event_metrics["sweep_orphan_found"]
          measure = "count"
          window  = 3600
          above   = var.alert_thresholds.lasting_orphans
          by      = ["metric.label.agent_id"]
        }
      }
    }
  }
}

# What Pub/Sub delivers, and what it gives up on.
locals {
  # Those that deliver; what they give up on goes to the dead letters.
  delivering_subscriptions = concat(
    values(local.push_subscriptions)[*].name,
    var.analytics ? [local.analytics_subscription] : [],
  )

  delivering = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=one_of(\"${join("\", \"", local.delivering_subscriptions)}\")"
  pushing    = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=one_of(\"${join("\", \"", values(local.push_subscriptions)[*].name)}\")"
  kept       = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"${google_pubsub_subscription.dead_letters.name}\""

  pushes        = "metric.type=\"pubsub.googleapis.com/subscription/push_request_count\" AND ${local.pushing}"
  failed_pushes = "${local.pushes} AND metric.labels.response_class!=\"ack\""

  given_up = "metric.type=\"pubsub.googleapis.com/subscription/dead_letter_message_count\" AND ${local.delivering}"

  by_subscription = ["resource.label.subscription_id"]

  delivery_alerts = {
    backlog_is_old = {
      title    = "a backlog is old"
      severity = "CRITICAL"
      conditions = {
        "oldest message" = {
          filter  = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND ${local.delivering}"
          measure = "highest"
          window  = 60
          lasting = 300
          above   = var.alert_thresholds.backlog_age_seconds
          by      = local.by_subscription
        }
      }
    }

    messages_dead_lettered = {
      title    = "messages were given up on"
      severity = "ERROR"
      conditions = {
        "dead-lettered in 10 minutes" = {
          filter  = local.given_up
          measure = "count"
          window  = 600
          above   = 0
          by      = local.by_subscription
        }
      }
    }

    dead_letters_wait = {
      title    = "dead letters wait"
      severity = "WARNING"
      conditions = {
        "dead letters" = {
          filter  = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND ${local.kept}"
          measure = "highest"
          window  = 60
          lasting = 600
          above   = 0
        }
      }
    }

    pushes_fail = {
      title    = "pushes fail"
      severity = "ERROR"
      all      = true
      conditions = {
        "share of failed pushes" = {
          filter      = local.failed_pushes
          denominator = local.pushes
          measure     = "count"
          window      = 600
          lasting     = 300
          above       = var.alert_thresholds.failed_push_share
          by          = local.by_subscription
        }
        "more than a few" = {
          filter  = local.failed_pushes
          measure = "count"
          window  = 600
          above   = local.share_floor
          by      = local.by_subscription
        }
      }
    }
  }
}

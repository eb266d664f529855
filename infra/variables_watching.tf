variable "alert_emails" {
  description = "Who hears of an alert. Empty, and no alert_channels either: alerts open incidents in Cloud Monitoring, and nobody is told."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.alert_emails : can(regex("^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$", email))])
    error_message = "alert_emails holds e-mail addresses such as on-call@example.com."
  }
}

variable "alert_channels" {
  description = "Notification channels that exist already (a pager, a chat room) and hear of every alert too."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for channel in var.alert_channels : can(regex("^projects/[^/[:space:]]+/notificationChannels/[0-9]+$", channel))])
    error_message = "alert_channels holds full names, projects/P/notificationChannels/NUMBER, as gcloud beta monitoring channels list prints them."
  }
}

variable "alert_thresholds" {
  description = <<-EOT
    From where on an alert opens. Shares are of 1; counts are of what must be exceeded.
    backlog_age_seconds: age of the oldest message that a subscription has not delivered;
    failed_push_share, webhook_error_share: of pushes in 10 minutes, of webhook's answers in 5 that are 5xx;
    webhook_latency_seconds: 99th percentile of webhook's answers, for which Google waits;
    instance_share: busy instances, of max_instances;
    signature_failures, unreadable_calls: refused calls to webhook in 5 minutes;
    event_age_seconds: half of the events are older than this when webhook gets them;
    unknown_payloads: in an hour, authentic payloads that nobody understands;
    unconfirmed_writes: in 5 minutes, writes and publishes that Firestore and Pub/Sub did not confirm;
    orphan_share: in an hour, of the events about messages, those about messages that were never requested here;
    lasting_orphans: in an hour, messages that events came for and, a quarter of an hour later, still no request;
    rejected_sends: in an hour, requests that the platform or send refused for good;
    given_up_requests: in an hour, requests of one agent whose last delivery attempt failed;
    unswept_minutes: so long without a sweep that looked at every deadline;
    spilled_events: in 5 minutes, events that webhook kept in Firestore because Pub/Sub did not confirm;
    undrained_minutes: so long without a drain that published everything that was kept;
    quota_refusals, unsettled_calls: in 5 minutes, answers 429, and those that leave open what became of a message;
    silent_hours: so long without any event; null: no such alert, as only steady traffic makes it one.
  EOT
  type = object({
    backlog_age_seconds     = optional(number, 300)
    failed_push_share       = optional(number, 0.05)
    webhook_error_share     = optional(number, 0.01)
    webhook_latency_seconds = optional(number, 2)
    instance_share          = optional(number, 0.8)
    signature_failures      = optional(number, 10)
    unreadable_calls        = optional(number, 50)
    event_age_seconds       = optional(number, 300)
    unknown_payloads        = optional(number, 0)
    unconfirmed_writes      = optional(number, 20)
    orphan_share            = optional(number, 0.05)
    lasting_orphans         = optional(number, 0)
    rejected_sends          = optional(number, 0)
    given_up_requests       = optional(number, 0)
    unswept_minutes         = optional(number, 10)
    spilled_events          = optional(number, 0)
    undrained_minutes       = optional(number, 10)
    quota_refusals          = optional(number, 20)
    unsettled_calls         = optional(number, 20)
    silent_hours            = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for name, value in var.alert_thresholds : value > 0 && value < 1 if endswith(name, "_share")
    ])
    error_message = "The thresholds that end in _share are above 0 and below 1: 0.05 is 5 percent."
  }

  validation {
    condition     = alltrue([for name, value in var.alert_thresholds : value == null || try(value >= 0, false)])
    error_message = "No threshold is negative."
  }

  # Cloud Monitoring takes whole minutes, at most 23.5 hours (AlertPolicy.MetricAbsence, read 2026-11).
  validation {
    condition = (
      var.alert_thresholds.silent_hours == null ||
      try(var.alert_thresholds.silent_hours >= 1 && var.alert_thresholds.silent_hours <= 23 && floor(var.alert_thresholds.silent_hours) == var.alert_thresholds.silent_hours, false)
    )
    error_message = "silent_hours is a whole number from 1 to 23, the most that Cloud Monitoring waits, or null."
  }

  # Cloud Monitoring takes 2 minutes at least (as above).
  validation {
    condition = alltrue([
      for minutes in [var.alert_thresholds.unswept_minutes, var.alert_thresholds.undrained_minutes] :
      try(minutes >= 2 && minutes <= 1410 && floor(minutes) == minutes, false)
    ])
    error_message = "unswept_minutes and undrained_minutes are whole numbers from 2 to 1410 (23.5 hours): the least and the most that Cloud Monitoring waits."
  }
}

variable "webhook_objective" {
  description = "What webhook's answers to Google shall be over 28 days: the share that is no 5xx, and the share of the good ones that come within latency_seconds."
  type = object({
    availability    = optional(number, 0.999)
    latency_share   = optional(number, 0.99)
    latency_seconds = optional(number, 1)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for share in [var.webhook_objective.availability, var.webhook_objective.latency_share] : share >= 0.5 && share <= 0.9999])
    error_message = "availability and latency_share are from 0.5 to 0.9999: 0.999 is 99.9 percent."
  }

  validation {
    condition     = var.webhook_objective.latency_seconds > 0 && var.webhook_objective.latency_seconds <= 30
    error_message = "latency_seconds is above 0 and at most 30, the time limit of webhook."
  }
}

variable "billing_account" {
  description = "Billing account of the project, which the budget is made in; null: no budget."
  type        = string
  default     = null

  validation {
    condition     = var.billing_account == null || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account is the account's id, such as 012345-6789AB-CDEF01."
  }

  validation {
    condition     = (var.billing_account == null) == (var.budget_amount == null)
    error_message = "billing_account and budget_amount go together: set both, or leave both out."
  }
}

variable "budget_amount" {
  description = "What the project may cost a month, in the currency of the billing account, before the budget warns; null: no budget."
  type        = number
  default     = null

  validation {
    condition     = var.budget_amount == null || try(var.budget_amount >= 1 && floor(var.budget_amount) == var.budget_amount, false)
    error_message = "budget_amount is a whole number of at least 1, in the currency of the billing account."
  }
}

variable "functions" {
  description = "What an instance of each function has and takes, and how many there are. send.max_instances times send.concurrency bounds the calls to the RBM platform at any moment."
  type = object({
    webhook = optional(object({
      cpu           = optional(number, 1)
      memory_mib    = optional(number, 512)
      concurrency   = optional(number, 80)
      min_instances = optional(number, 1)
      max_instances = optional(number, 20)
    }), {})
    correlate = optional(object({
      cpu           = optional(number, 1)
      memory_mib    = optional(number, 512)
      concurrency   = optional(number, 80)
      min_instances = optional(number, 0)
      max_instances = optional(number, 20)
    }), {})
    send = optional(object({
      cpu           = optional(number, 1)
      memory_mib    = optional(number, 512)
      concurrency   = optional(number, 80)
      min_instances = optional(number, 0)
      max_instances = optional(number, 10)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for each in values(var.functions) : contains([1, 2, 4, 8], each.cpu)])
    error_message = "cpu is 1, 2, 4 or 8: with less than one, Cloud Run lets an instance take only one request at a time."
  }

  # cloud.google.com/run/docs/configuring/services/memory-limits, read 2026-11.
  validation {
    condition = alltrue([
      for each in values(var.functions) :
      each.memory_mib >= lookup({ 4 = 2048, 8 = 4096 }, each.cpu, 512) &&
      each.memory_mib <= lookup({ 1 = 4096, 2 = 8192, 4 = 16384, 8 = 32768 }, each.cpu, 0) &&
      floor(each.memory_mib) == each.memory_mib
    ])
    error_message = "memory_mib is a whole number that fits the CPUs: 512 to 4096 with 1, 512 to 8192 with 2, 2048 to 16384 with 4, 4096 to 32768 with 8."
  }

  validation {
    condition = alltrue([
      for each in values(var.functions) :
      each.concurrency >= 1 && each.concurrency <= 1000 && floor(each.concurrency) == each.concurrency
    ])
    error_message = "concurrency is a whole number from 1 to 1000, the most that Cloud Run gives one instance."
  }

  validation {
    condition     = var.functions.send.concurrency <= 80 * var.functions.send.cpu
    error_message = "send.concurrency is at most 80 for each CPU: a process keeps 80 connections to the RBM platform, and more requests would queue inside it."
  }

  validation {
    condition = alltrue([
      for each in values(var.functions) :
      each.min_instances >= 0 && each.max_instances >= 1 && each.max_instances <= 1000 &&
      each.min_instances <= each.max_instances &&
      floor(each.min_instances) == each.min_instances && floor(each.max_instances) == each.max_instances
    ])
    error_message = "min_instances and max_instances are whole numbers, 0 <= min_instances <= max_instances, 1 <= max_instances <= 1000."
  }
}

variable "publish_timeout_seconds" {
  description = "How long webhook waits for Pub/Sub before it answers 503 (PUBLISH_TIMEOUT_SECONDS)."
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = var.publish_timeout_seconds >= 1 && var.publish_timeout_seconds <= 25
    error_message = "publish_timeout_seconds is a number from 1 to 25, so that webhook can still answer within its own 30 seconds."
  }
}

variable "spill" {
  description = "Whether webhook keeps an event in Firestore, and acknowledges it, while Pub/Sub does not confirm (SPILL); correlate publishes it later. It lets webhook write, but not read, documents of the ledger."
  type        = bool
  default     = true
  nullable    = false
}

variable "spill_after_seconds" {
  description = "How long webhook waits for Pub/Sub before it spills an event (SPILL_AFTER_SECONDS); publish_timeout_seconds counts where that is less."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.spill_after_seconds >= 0.1 && var.spill_after_seconds <= 4
    error_message = "spill_after_seconds is a number from 0.1 to 4: with the 4 seconds of the write, Google waits no longer than for a publish alone."
  }
}

variable "rbm_timeout_seconds" {
  description = "How long send waits for an answer of the RBM platform (RBM_TIMEOUT_SECONDS)."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.rbm_timeout_seconds >= 1 && 2 * var.rbm_timeout_seconds <= var.ack_deadline_seconds - 30
    error_message = "rbm_timeout_seconds is at least 1, and twice of it (a refused token is fetched anew once) fits 30 seconds below ack_deadline_seconds, so that the answer can still be recorded."
  }
}

variable "capability_max_age_seconds" {
  description = "How old what is known of a phone's capabilities may be before send asks the platform anew, unless a request says so itself (CAPABILITY_MAX_AGE_SECONDS)."
  type        = number
  default     = 86400
  nullable    = false

  validation {
    condition     = var.capability_max_age_seconds >= 0 && var.capability_max_age_seconds <= 2678400 && floor(var.capability_max_age_seconds) == var.capability_max_age_seconds
    error_message = "capability_max_age_seconds is a whole number from 0 (always ask) to 2678400 (31 days)."
  }
}

variable "max_body_bytes" {
  description = "The largest body that webhook takes (MAX_BODY_BYTES)."
  type        = number
  default     = 1048576
  nullable    = false

  validation {
    condition     = var.max_body_bytes >= 1024 && var.max_body_bytes <= 1300000 && floor(var.max_body_bytes) == var.max_body_bytes
    error_message = "max_body_bytes is a whole number from 1024 to 1300000: whatever was taken must fit into one document of 1 MiB."
  }
}

variable "ack_deadline_seconds" {
  description = "How long Pub/Sub waits for correlate and send before it pushes a message again; the functions' own time limits follow from it."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.ack_deadline_seconds >= 50 && var.ack_deadline_seconds <= 600 && floor(var.ack_deadline_seconds) == var.ack_deadline_seconds
    error_message = "ack_deadline_seconds is a whole number from 50 (reads, writes and updates have 10 seconds each) to 600, the most that Pub/Sub allows."
  }
}

variable "max_delivery_attempts" {
  description = "How often a message is pushed before it goes to the dead letters. With waits of 10 to 600 seconds, 10 attempts take about 40 minutes."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.max_delivery_attempts >= 5 && var.max_delivery_attempts <= 100 && floor(var.max_delivery_attempts) == var.max_delivery_attempts
    error_message = "max_delivery_attempts is a whole number from 5 to 100, as Pub/Sub allows."
  }
}

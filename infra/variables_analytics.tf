variable "analytics" {
  description = "Whether every update also goes into BigQuery, with views of the funnel and of latencies. Updates hold phone numbers, and what users wrote whether or not store_content is on."
  type        = bool
  default     = false
  nullable    = false
}

variable "analytics_retention_days" {
  description = "How long BigQuery keeps an update; null: as long as the ledger keeps a document (retention_days)."
  type        = number
  default     = null

  validation {
    condition     = var.analytics_retention_days == null || try(var.analytics_retention_days >= 1 && var.analytics_retention_days <= 3650 && floor(var.analytics_retention_days) == var.analytics_retention_days, false)
    error_message = "analytics_retention_days is a whole number from 1 to 3650, or null."
  }
}

variable "analytics_window_days" {
  description = "How far back the views look, and with it what a query of theirs costs."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.analytics_window_days >= 1 && var.analytics_window_days <= 3650 && floor(var.analytics_window_days) == var.analytics_window_days
    error_message = "analytics_window_days is a whole number from 1 to 3650; receipts of a message come for up to 30 days."
  }
}

variable "analytics_readers" {
  description = "Who may query the table and the views (each needs the right to run queries in a project of his own as well)."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.analytics_readers : can(regex("^(user|serviceAccount|group|domain|principal|principalSet):[^[:space:]]+$", member))])
    error_message = "analytics_readers holds IAM members such as group:analysts@example.com; allUsers and allAuthenticatedUsers are not allowed."
  }
}

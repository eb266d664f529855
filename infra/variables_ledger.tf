variable "firestore_location" {
  description = "Where the documents are, for good: a region, or the multi-region nam5, nam7 or eur3 (about twice the price); null: region."
  type        = string
  default     = null

  validation {
    condition     = var.firestore_location == null || can(regex("^([a-z]+-[a-z]+[1-9][0-9]?|nam5|nam7|eur3)$", var.firestore_location))
    error_message = "firestore_location is a single region such as europe-west3, or nam5, nam7 or eur3."
  }
}

variable "firestore_database" {
  description = "Name of the Firestore database. One of its own: what others keep in this project stays out of reach."
  type        = string
  default     = "rbm-ledger"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.firestore_database))
    error_message = "firestore_database has 4 to 63 lower-case letters, digits and hyphens, starts with a letter and does not end with a hyphen; (default) is not used."
  }
}

variable "delete_protection" {
  description = "Whether the ledger outlives terraform destroy: the database refuses to be deleted and is left behind with its indexes, TTL and backups. false: destroy deletes every document."
  type        = bool
  default     = true
  nullable    = false
}

variable "point_in_time_recovery" {
  description = "Whether every minute of the last 7 days can be read and restored (billed by the size of the database); false: the last hour."
  type        = bool
  default     = true
  nullable    = false
}

variable "backup_retention_days" {
  description = "How long each daily backup is kept; 0: no backups."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 0 && var.backup_retention_days <= 98 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "backup_retention_days is a whole number from 0 (no backups) to 98 (14 weeks, the most that Firestore keeps)."
  }
}

variable "retention_days" {
  description = "From the last write of a document until it is purged (RETENTION_DAYS)."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.retention_days >= 31 && var.retention_days <= 3650 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days is a whole number from 31 to 3650: receipts of a message come for up to 30 days, and its document must be there for them."
  }
}

variable "store_content" {
  description = "Whether the contents of messages, ours and the users', are kept in the documents (STORE_CONTENT)."
  type        = bool
  default     = true
  nullable    = false
}

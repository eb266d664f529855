variable "project_id" {
  description = "The project that everything is made in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is a project's id (not its name or number): 6 to 30 lower-case letters, digits and hyphens, starting with a letter, not ending with a hyphen."
  }
}

variable "region" {
  description = "The region of functions, topics' storage, secrets, images and source archive."
  type        = string
  default     = "us-central1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[1-9][0-9]?$", var.region))
    error_message = "region is a single region such as us-central1 or europe-west3, not a zone (us-central1-a) and not a multi-region (eu, nam5)."
  }
}

variable "prefix" {
  description = "What every name starts with. The rbm command expects rbm; another prefix sets a second system apart in the same project."
  type        = string
  default     = "rbm"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,18}[a-z0-9]$", var.prefix))
    error_message = "prefix has 2 to 20 lower-case letters, digits and hyphens, starts with a letter and does not end with a hyphen (service account ids leave no more room)."
  }
}

variable "labels" {
  description = "Labels on everything that takes labels, besides application and managed-by."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for key, value in var.labels :
      can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))
    ])
    error_message = "Labels have keys of 1 to 63 and values of 0 to 63 lower-case letters, digits, hyphens and underscores; a key starts with a letter."
  }
}

variable "cmek_key" {
  description = "Cloud KMS key that encrypts everything at rest, as projects/P/locations/REGION/keyRings/R/cryptoKeys/K; null: Google's own keys. A database keeps the choice for life."
  type        = string
  default     = null

  validation {
    condition     = var.cmek_key == null || can(regex("^projects/[^/]+/locations/${var.region}/keyRings/[^/]+/cryptoKeys/[^/]+$", var.cmek_key))
    error_message = "cmek_key is the full name of a key in the region of the functions (see region), without a version: projects/P/locations/REGION/keyRings/R/cryptoKeys/K."
  }

  validation {
    condition     = var.cmek_key == null || coalesce(var.firestore_location, var.region) == var.region
    error_message = "With cmek_key the database must be where the key is: leave firestore_location out, or set it to region."
  }
}

variable "rbm_api_endpoint" {
  description = "Which endpoint of the RBM platform send calls; the agents' own region is the one that Google recommends."
  type        = string
  default     = "global"
  nullable    = false

  validation {
    condition     = contains(["global", "us", "europe", "asia"], var.rbm_api_endpoint)
    error_message = "rbm_api_endpoint is one of global, us, europe, asia."
  }
}

variable "credentials_secret" {
  description = "Whether send calls the platform with a key file of the partner's service account, kept in Secret Manager (what RBM documents); false: as its own identity."
  type        = bool
  default     = true
  nullable    = false
}

variable "continuous_deployment" {
  description = "Whether to make the account under which Cloud Build applies this configuration (see cloudbuild.yaml), and its grants."
  type        = bool
  default     = false
  nullable    = false
}

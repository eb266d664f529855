variable "publishers" {
  description = "Who may publish send requests. Pub/Sub does not tell a subscriber who published, so that each of them may send as every agent in agents; a team with agents of its own needs a system of its own (see prefix)."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.publishers : can(regex("^(user|serviceAccount|group|domain|principal|principalSet):[^[:space:]]+$", member))])
    error_message = "publishers holds IAM members such as serviceAccount:shop@project.iam.gserviceaccount.com or group:team@example.com; allUsers and allAuthenticatedUsers are not allowed."
  }
}

variable "subscribers" {
  description = "Who may attach subscriptions, in projects of their own, to the topic of updates."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.subscribers : can(regex("^(user|serviceAccount|group|domain|principal|principalSet):[^[:space:]]+$", member))])
    error_message = "subscribers holds IAM members such as serviceAccount:shop@project.iam.gserviceaccount.com or group:team@example.com; allUsers and allAuthenticatedUsers are not allowed."
  }
}

variable "callers" {
  description = "Who may POST to send and get the record back. Empty: send takes nothing but Pub/Sub's pushes, and is closed to the internet."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.callers : can(regex("^(user|serviceAccount|group|domain|principal|principalSet):[^[:space:]]+$", member))])
    error_message = "callers holds IAM members such as serviceAccount:shop@project.iam.gserviceaccount.com or group:team@example.com; allUsers and allAuthenticatedUsers are not allowed."
  }
}

variable "public_access" {
  description = <<-EOT
    How Google's RBM platform, which has no identity here, reaches webhook:
    invoker: allUsers may invoke it;
    no_check: its invoker check is turned off by one gcloud command after the first apply (output after_apply), for
    organizations that forbid allUsers;
    load_balancer: a load balancer with Cloud Armor in front at domain, the function closed otherwise, allUsers as invoker;
    load_balancer_no_check: the same with the invoker check off.
  EOT
  type        = string
  default     = "invoker"
  nullable    = false

  validation {
    condition     = contains(["invoker", "no_check", "load_balancer", "load_balancer_no_check"], var.public_access)
    error_message = "public_access is one of invoker, no_check, load_balancer, load_balancer_no_check."
  }
}

variable "domain" {
  description = "Domain of the load balancer. Its A record must name the address in output load_balancer_address before Google issues the certificate."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,63}$", var.domain))
    error_message = "domain is a full domain name in lower case such as rbm.example.com, without a scheme, path or wildcard."
  }

  validation {
    condition     = (var.domain != null) == startswith(var.public_access, "load_balancer")
    error_message = "domain and a load balancer go together: set domain when public_access is load_balancer or load_balancer_no_check, and leave it out otherwise."
  }
}

variable "webhook_names" {
  description = "Agent webhooks, each at /NAME, besides the partner webhook at /. The load balancer refuses every other path; the tokens of each are in the secret."
  type        = set(string)
  default     = []
  nullable    = false

  # Assumed: Cloud Armor takes 1,024 characters in a part of an expression.
  validation {
    condition     = alltrue([for name in var.webhook_names : can(regex("^[A-Za-z0-9_-]+$", name))]) && length(join("|", var.webhook_names)) <= 900
    error_message = "webhook_names holds names of letters, digits, hyphens and underscores, without slashes, at most 900 characters together."
  }
}

variable "rate_limit_per_minute" {
  description = "Requests per minute that the load balancer lets one address make. Google calls from few addresses, and what it is refused holds up the partner's whole queue: stay far above the busiest campaign."
  type        = number
  default     = 120000
  nullable    = false

  validation {
    condition     = var.rate_limit_per_minute >= 600 && var.rate_limit_per_minute <= 1000000 && floor(var.rate_limit_per_minute) == var.rate_limit_per_minute
    error_message = "rate_limit_per_minute is a whole number from 600 to 1000000, the most that Cloud Armor counts."
  }
}

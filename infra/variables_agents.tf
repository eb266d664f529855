variable "agents" {
  description = <<-EOT
    RBM agents that may send, with or without @rbm.goog, each with its policy (RBM_AGENTS); "*": any other agent.
    Empty: all that the platform lets this partner send as. In a policy everything is optional:
    brand: agents of one brand share their users' consent; left out: the agent has its own;
    region: whose endpoint send calls for it (global, us, europe, asia); left out: rbm_api_endpoint;
    sources: who may send as it, by the source of a request; left out: any;
    prefixes: what the numbers it may send to start with, such as +49; left out: any;
    rate_per_second: messages sent as it, by all instances together; left out: no limit;
    allowed_when_opted_out: types of traffic that reach a user who has opted out; left out: AUTHENTICATION, TRANSACTION,
    SERVICEREQUEST, ACKNOWLEDGEMENT; empty: none.
  EOT
  type = map(object({
    brand                  = optional(string)
    region                 = optional(string)
    sources                = optional(set(string))
    prefixes               = optional(set(string))
    rate_per_second        = optional(number)
    allowed_when_opted_out = optional(set(string))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for agent in keys(var.agents) : agent == "*" || can(regex("^[A-Za-z0-9_-]+(@rbm[.]goog)?$", agent))])
    error_message = "agents has agent ids as keys, of letters, digits, hyphens and underscores, each with or without @rbm.goog, or \"*\" for any other agent."
  }

  validation {
    condition     = length(toset([for agent in keys(var.agents) : trimsuffix(agent, "@rbm.goog")])) == length(var.agents)
    error_message = "agents names an agent twice, with and without @rbm.goog: leave one of them out."
  }

  validation {
    condition     = alltrue([for policy in values(var.agents) : can(regex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", coalesce(policy.brand, "none")))])
    error_message = "The brand of an agent has 1 to 64 letters, digits, dots, hyphens and underscores, and starts with a letter or digit."
  }

  validation {
    condition     = alltrue([for policy in values(var.agents) : contains(["global", "us", "europe", "asia"], coalesce(policy.region, "global"))])
    error_message = "The region of an agent is one of global, us, europe, asia: the endpoints that the platform has."
  }

  validation {
    condition = alltrue(flatten([
      for policy in values(var.agents) : [
        for source in coalesce(policy.sources, ["any"]) : can(regex("^[!-~]([ -~]{0,254}[!-~])?$", source))
      ]
    ]))
    error_message = "The sources of an agent are names of 1 to 256 ASCII characters, without blanks around them."
  }

  validation {
    condition = alltrue(flatten([
      for policy in values(var.agents) : [
        for prefix in coalesce(policy.prefixes, ["+1"]) : can(regex("^[+][1-9][0-9]{0,14}$", prefix))
      ]
    ]))
    error_message = "The prefixes of an agent are beginnings of phone numbers: a plus sign and 1 to 15 digits, such as +49."
  }

  validation {
    condition = alltrue(flatten([
      for policy in values(var.agents) : [
        for names in [policy.sources, policy.prefixes] : length(coalesce(names, ["any"])) > 0
      ]
    ]))
    error_message = "An empty list of sources or prefixes would let in any: leave it out if that is what is meant."
  }

  validation {
    condition     = alltrue([for policy in values(var.agents) : coalesce(policy.rate_per_second, 1) >= 0.01 && coalesce(policy.rate_per_second, 1) <= 100000])
    error_message = "The rate_per_second of an agent is from 0.01 to 100000; leave it out for no limit."
  }

  validation {
    condition = alltrue([
      for policy in values(var.agents) : length(setsubtract(
        coalesce(policy.allowed_when_opted_out, []),
        ["AUTHENTICATION", "TRANSACTION", "SERVICEREQUEST", "ACKNOWLEDGEMENT"],
      )) == 0
    ])
    error_message = "allowed_when_opted_out holds AUTHENTICATION, TRANSACTION, SERVICEREQUEST, ACKNOWLEDGEMENT or fewer: promotion never reaches who has opted out."
  }

  # All variables of a function together have 32 KiB (cloud.google.com/run/docs/configuring/services/overview-environment-variables,
  # read 2026-11). An endpoint takes 40 bytes more than its region, for 150 agents at most; the rest takes 5 KiB at most.
  validation {
    condition     = length(jsonencode(var.agents)) <= 18000
    error_message = "agents is longer than 18000 characters as JSON, more than a function's environment takes beside the rest: share policies by \"*\", or set up a second system (see prefix)."
  }
}

variable "opt_out_keywords" {
  description = "Words by which users opt out, beside those that are built in (RBM_OPT_OUT_KEYWORDS): a message that is such a word and nothing else."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for word in var.opt_out_keywords : can(regex("^[^,[:space:][:cntrl:]]([^,[:cntrl:]]*[^,[:space:][:cntrl:]])?$", word))]) && length(join(",", var.opt_out_keywords)) <= 500
    error_message = "opt_out_keywords holds words without commas and without blanks around them, at most 500 characters together."
  }
}

variable "opt_in_keywords" {
  description = "Words by which users opt in again, beside those that are built in (RBM_OPT_IN_KEYWORDS)."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for word in var.opt_in_keywords : can(regex("^[^,[:space:][:cntrl:]]([^,[:cntrl:]]*[^,[:space:][:cntrl:]])?$", word))]) && length(join(",", var.opt_in_keywords)) <= 500
    error_message = "opt_in_keywords holds words without commas and without blanks around them, at most 500 characters together."
  }

  validation {
    condition     = length(setintersection([for word in var.opt_in_keywords : lower(word)], [for word in var.opt_out_keywords : lower(word)])) == 0
    error_message = "A word is in opt_in_keywords and in opt_out_keywords: it can only mean one of the two."
  }
}

locals {
  labels = merge({ application = "rbm-ledger", managed-by = "terraform" }, var.labels)

  topics = {
    events        = "${var.prefix}-events"
    send_requests = "${var.prefix}-send-requests"
    updates       = "${var.prefix}-updates"
    dead_letters  = "${var.prefix}-dead-letters"
  }

  # By the function that each feeds.
  push_subscriptions = {
    correlate = { name = "${var.prefix}-events-correlate", topic = "events" }
    send      = { name = "${var.prefix}-send-requests-send", topic = "send_requests" }
  }

  secrets = merge(
    { client_tokens = { id = "${var.prefix}-client-tokens", reader = "webhook", file = "/secrets/client-tokens/tokens.json" } },
    var.credentials_secret
    ? { credentials = { id = "${var.prefix}-credentials", reader = "send", file = "/secrets/credentials/key.json" } }
    : {},
  )

  rbm_api_endpoints = {
    global = "https://rcsbusinessmessaging.googleapis.com"
    us     = "https://us-rcsbusinessmessaging.googleapis.com"
    europe = "https://europe-rcsbusinessmessaging.googleapis.com"
    asia   = "https://asia-rcsbusinessmessaging.googleapis.com"
  }

  has_load_balancer  = startswith(var.public_access, "load_balancer")
  has_public_invoker = contains(["invoker", "load_balancer"], var.public_access)
}

# What each function is, where it differs from the others.
locals {
  functions = {
    webhook = {
      description     = "Verifies Google's callbacks and publishes them to ${local.topics.events}."
      timeout_seconds = 30
      ingress         = local.has_load_balancer ? "ALLOW_INTERNAL_AND_GCLB" : "ALLOW_ALL"
      environment     = local.webhook_environment
    }
    correlate = {
      description     = "Writes the events of ${local.topics.events} into Firestore, and publishes those that webhook spilled."
      timeout_seconds = var.ack_deadline_seconds - 5
      ingress         = "ALLOW_INTERNAL_ONLY"
      environment     = local.correlate_environment
    }
    send = {
      description     = "Sends what is asked for in ${local.topics.send_requests}, records the answer, and sweeps up what nothing came for."
      timeout_seconds = var.ack_deadline_seconds - 5
      ingress         = length(var.callers) == 0 ? "ALLOW_INTERNAL_ONLY" : "ALLOW_ALL"
      environment     = local.send_environment
    }
  }
}

# Exactly what functions/rbm_ledger/config.py reads.
locals {
  webhook_environment = {
    GOOGLE_CLOUD_PROJECT    = var.project_id
    RBM_EVENTS_TOPIC        = local.topics.events
    RBM_CLIENT_TOKENS_FILE  = local.secrets.client_tokens.file
    PUBLISH_TIMEOUT_SECONDS = tostring(var.publish_timeout_seconds)
    MAX_BODY_BYTES          = tostring(var.max_body_bytes)
    SPILL                   = tostring(var.spill)
    SPILL_AFTER_SECONDS     = tostring(var.spill_after_seconds)
    FIRESTORE_DATABASE      = var.firestore_database
  }

  ledger_environment = {
    GOOGLE_CLOUD_PROJECT = var.project_id
    FIRESTORE_DATABASE   = var.firestore_database
    RBM_UPDATES_TOPIC    = local.topics.updates
    RETENTION_DAYS       = tostring(var.retention_days)
    STORE_CONTENT        = tostring(var.store_content)
  }

  correlate_environment = merge(
    local.ledger_environment,
    local.agents_environment,
    local.keywords_environment,
    var.spill ? { RBM_EVENTS_TOPIC = local.topics.events } : {},
  )

  send_environment = merge(
    local.ledger_environment,
    local.agents_environment,
    {
      RBM_SEND_REQUESTS_TOPIC    = local.topics.send_requests
      MAX_DELIVERY_ATTEMPTS      = tostring(var.max_delivery_attempts)
      CAPABILITY_MAX_AGE_SECONDS = tostring(var.capability_max_age_seconds)
      RBM_API_ENDPOINT           = local.rbm_api_endpoints[var.rbm_api_endpoint]
      RBM_TIMEOUT_SECONDS        = tostring(var.rbm_timeout_seconds)
    },
    var.credentials_secret ? { RBM_CREDENTIALS_FILE = local.secrets.credentials.file } : {},
  )

  agents_environment = length(var.agents) == 0 ? {} : { RBM_AGENTS = jsonencode(local.agent_policies) }

  # What a policy leaves out is left to the function.
  agent_policies = {
    for agent, policy in var.agents : trimsuffix(agent, "@rbm.goog") => {
      for name, value in {
        brand               = policy.brand
        endpoint            = try(local.rbm_api_endpoints[policy.region], null)
        sources             = policy.sources
        prefixes            = policy.prefixes
        ratePerSecond       = policy.rate_per_second
        allowedWhenOptedOut = policy.allowed_when_opted_out
      } : name => value if value != null
    }
  }

  keywords_environment = {
    for name, words in { RBM_OPT_OUT_KEYWORDS = var.opt_out_keywords, RBM_OPT_IN_KEYWORDS = var.opt_in_keywords } :
    name => join(",", words) if length(words) > 0
  }
}

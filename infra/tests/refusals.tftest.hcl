# Bad input. Each run holds one fault for each variable that it expects to be refused.
mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

mock_provider "google" { alias = "billing" }
mock_provider "google-beta" {}
mock_provider "time" {}

variables {
  project_id = "demo-project"
}

run "malformed" {
  command = plan

  variables {
    project_id              = "123456789012"
    region                  = "us-central1-a"
    prefix                  = "rbm-"
    labels                  = { Team = "messaging" }
    agents                  = { "bank,shop" = {} }
    rbm_api_endpoint        = "https://rcsbusinessmessaging.googleapis.com"
    firestore_database      = "(default)"
    firestore_location      = "nam9"
    backup_retention_days   = 99
    retention_days          = 30
    publish_timeout_seconds = 26
    max_body_bytes          = 2000000
    max_delivery_attempts   = 4
    publishers              = ["allUsers"]
    subscribers             = ["crm@example.com"]
    callers                 = ["allAuthenticatedUsers"]
    public_access           = "open"
    webhook_names           = ["bank/eu"]
    rate_limit_per_minute   = 60
    alert_emails            = ["on-call"]
    billing_account         = "My Billing Account"
    budget_amount           = 100
  }

  expect_failures = [
    var.project_id,
    var.region,
    var.prefix,
    var.labels,
    var.agents,
    var.rbm_api_endpoint,
    var.firestore_database,
    var.firestore_location,
    var.backup_retention_days,
    var.retention_days,
    var.publish_timeout_seconds,
    var.max_body_bytes,
    var.max_delivery_attempts,
    var.publishers,
    var.subscribers,
    var.callers,
    var.public_access,
    var.webhook_names,
    var.rate_limit_per_minute,
    var.alert_emails,
    var.billing_account,
  ]
}

run "out_of_bounds" {
  command = plan

  variables {
    project_id              = "Demo-Project"
    region                  = "europe"
    prefix                  = "a-prefix-that-is-too-long"
    backup_retention_days   = 1.5
    retention_days          = 3651
    publish_timeout_seconds = 0
    max_body_bytes          = 1000
    ack_deadline_seconds    = 601
    rate_limit_per_minute   = 1000001
    billing_account         = "012345-6789AB-CDEF01"
    budget_amount           = 0
  }

  expect_failures = [
    var.project_id,
    var.region,
    var.prefix,
    var.backup_retention_days,
    var.retention_days,
    var.publish_timeout_seconds,
    var.max_body_bytes,
    var.ack_deadline_seconds,
    var.rate_limit_per_minute,
    var.budget_amount,
  ]
}

run "deadline_below_what_the_ledger_takes" {
  command = plan

  variables {
    ack_deadline_seconds = 49
    rbm_timeout_seconds  = 5
  }

  expect_failures = [var.ack_deadline_seconds]
}

run "platform_timeout_that_the_deadline_cuts_off" {
  command = plan

  variables {
    rbm_timeout_seconds = 16
  }

  expect_failures = [var.rbm_timeout_seconds]
}

run "key_version_instead_of_a_key" {
  command = plan

  variables {
    cmek_key = "projects/k/locations/us-central1/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"
  }

  expect_failures = [var.cmek_key]
}

run "key_in_another_region" {
  command = plan

  variables {
    cmek_key = "projects/k/locations/global/keyRings/r/cryptoKeys/k"
  }

  expect_failures = [var.cmek_key]
}

run "key_and_database_apart" {
  command = plan

  variables {
    cmek_key           = "projects/k/locations/us-central1/keyRings/r/cryptoKeys/k"
    firestore_location = "nam5"
  }

  expect_failures = [var.cmek_key]
}

run "load_balancer_without_a_domain" {
  command = plan

  variables {
    public_access = "load_balancer"
  }

  expect_failures = [var.domain]
}

run "domain_without_a_load_balancer" {
  command = plan

  variables {
    domain = "rbm.example.com"
  }

  expect_failures = [var.domain]
}

run "address_instead_of_a_domain" {
  command = plan

  variables {
    public_access = "load_balancer"
    domain        = "https://rbm.example.com/"
  }

  expect_failures = [var.domain]
}

run "budget_without_an_account" {
  command = plan

  variables {
    budget_amount = 100
  }

  expect_failures = [var.billing_account]
}

run "less_than_a_cpu" {
  command = plan

  variables {
    functions = { webhook = { cpu = 0.5 } }
  }

  expect_failures = [var.functions]
}

run "too_little_memory_for_the_cpus" {
  command = plan

  variables {
    functions = { correlate = { cpu = 4, memory_mib = 1024 } }
  }

  expect_failures = [var.functions]
}

run "too_much_memory_for_the_cpu" {
  command = plan

  variables {
    functions = { correlate = { memory_mib = 8192 } }
  }

  expect_failures = [var.functions]
}

run "no_concurrency" {
  command = plan

  variables {
    functions = { webhook = { concurrency = 0 } }
  }

  expect_failures = [var.functions]
}

run "more_requests_than_connections" {
  command = plan

  variables {
    functions = { send = { concurrency = 81 } }
  }

  expect_failures = [var.functions]
}

run "fewer_instances_at_most_than_at_least" {
  command = plan

  variables {
    functions = { send = { min_instances = 11 } }
  }

  expect_failures = [var.functions]
}

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

run "policies_of_agents" {
  command = plan

  variables {
    agents = {
      "bank@rbm.goog" = {
        brand                  = "bank"
        region                 = "europe"
        sources                = ["orders", "crm"]
        prefixes               = ["+49", "+43"]
        rate_per_second        = 2.5
        allowed_when_opted_out = []
      }
      shop = { allowed_when_opted_out = ["AUTHENTICATION"] }
      "*"  = {}
    }
  }

  assert {
    condition = jsondecode(google_cloudfunctions2_function.function["send"].service_config[0].environment_variables["RBM_AGENTS"]) == {
      bank = {
        brand               = "bank"
        endpoint            = "https://europe-rcsbusinessmessaging.googleapis.com"
        sources             = ["crm", "orders"]
        prefixes            = ["+43", "+49"]
        ratePerSecond       = 2.5
        allowedWhenOptedOut = []
      }
      shop = { allowedWhenOptedOut = ["AUTHENTICATION"] }
      "*"  = {}
    }
    error_message = "A policy has the names that config.py reads, an endpoint in place of its region, and nothing that was left out."
  }

  assert {
    condition = (
      google_cloudfunctions2_function.function["correlate"].service_config[0].environment_variables["RBM_AGENTS"] ==
      google_cloudfunctions2_function.function["send"].service_config[0].environment_variables["RBM_AGENTS"]
    )
    error_message = "correlate has the same policies: whose consent a word is follows from the brand."
  }

  assert {
    condition     = !contains(keys(google_cloudfunctions2_function.function["webhook"].service_config[0].environment_variables), "RBM_AGENTS")
    error_message = "webhook has no business with policies."
  }
}

run "keywords_are_for_correlate" {
  command = plan

  variables {
    opt_out_keywords = ["Stopp", "ARRÊT", "no more"]
    opt_in_keywords  = ["weiter"]
  }

  assert {
    condition = google_cloudfunctions2_function.function["correlate"].service_config[0].environment_variables == tomap({
      GOOGLE_CLOUD_PROJECT = "demo-project"
      FIRESTORE_DATABASE   = "rbm-ledger"
      RBM_EVENTS_TOPIC     = "rbm-events"
      RBM_UPDATES_TOPIC    = "rbm-updates"
      RETENTION_DAYS       = "90"
      STORE_CONTENT        = "true"
      RBM_OPT_OUT_KEYWORDS = "ARRÊT,Stopp,no more"
      RBM_OPT_IN_KEYWORDS  = "weiter"
      WORKERS              = "1"
    })
    error_message = "correlate alone knows the words, with commas between them."
  }
}

run "as_many_agents_as_an_environment_takes" {
  command = plan

  variables {
    agents = { for number in range(120) : format("agent-number-%03d", number) => { brand = "brand", region = "europe", rate_per_second = 10 } }
  }

  assert {
    condition = sum([
      for name, value in google_cloudfunctions2_function.function["send"].service_config[0].environment_variables : length(name) + length(value) + 2
    ]) < 32768
    error_message = "All variables of a function have 32 KiB together."
  }
}

run "more_agents_than_an_environment_takes" {
  command = plan

  variables {
    agents = { for number in range(160) : format("agent-number-%03d", number) => { brand = "brand", region = "europe", rate_per_second = 10 } }
  }

  expect_failures = [var.agents]
}

run "agent_named_twice" {
  command = plan

  variables {
    agents = { bank = {}, "bank@rbm.goog" = {} }
  }

  expect_failures = [var.agents]
}

run "brand_with_a_slash" {
  command = plan

  variables {
    agents           = { bank = { brand = "a/b" } }
    opt_out_keywords = ["stop,halt"]
  }

  expect_failures = [var.agents, var.opt_out_keywords]
}

run "endpoint_in_place_of_a_region" {
  command = plan

  variables {
    agents                     = { bank = { region = "https://europe-rcsbusinessmessaging.googleapis.com" } }
    opt_out_keywords           = ["stop", ""]
    capability_max_age_seconds = -1
  }

  expect_failures = [var.agents, var.opt_out_keywords, var.capability_max_age_seconds]
}

run "source_without_a_name" {
  command = plan

  variables {
    agents           = { bank = { sources = ["orders", ""] } }
    opt_out_keywords = ["stop", "Start"]
    opt_in_keywords  = ["START"]
  }

  expect_failures = [var.agents, var.opt_in_keywords]
}

run "prefix_without_a_plus" {
  command = plan

  variables {
    agents           = { bank = { prefixes = ["0049"] } }
    opt_out_keywords = [for number in range(100) : format("keyword-%03d", number)]
  }

  expect_failures = [var.agents, var.opt_out_keywords]
}

run "sources_that_would_let_in_any" {
  command = plan

  variables {
    agents                     = { bank = { sources = [] } }
    opt_in_keywords            = [" start"]
    capability_max_age_seconds = 2678401
  }

  expect_failures = [var.agents, var.opt_in_keywords, var.capability_max_age_seconds]
}

run "no_rate_at_all" {
  command = plan

  variables {
    agents          = { bank = { rate_per_second = 0 } }
    opt_in_keywords = ["go\ton"]
  }

  expect_failures = [var.agents, var.opt_in_keywords]
}

run "promotion_to_who_has_opted_out" {
  command = plan

  variables {
    agents          = { bank = { allowed_when_opted_out = ["TRANSACTION", "PROMOTION"] } }
    opt_in_keywords = [for number in range(100) : format("again-%03d", number)]
  }

  expect_failures = [var.agents, var.opt_in_keywords]
}

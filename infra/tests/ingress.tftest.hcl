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

override_resource {
  target          = google_cloudfunctions2_function.function["webhook"]
  override_during = plan
  values          = { service_config = { uri = "https://rbm-webhook-mock-uc.a.run.app" } }
}

run "everybody_may_invoke_webhook" {
  command = plan

  variables {
    webhook_names = ["bank"]
  }

  assert {
    condition = (
      google_cloud_run_v2_service_iam_member.public[0].member == "allUsers" &&
      google_cloud_run_v2_service_iam_member.public[0].role == "roles/run.invoker" &&
      google_cloud_run_v2_service_iam_member.public[0].name == "rbm-webhook"
    )
    error_message = "allUsers may invoke webhook."
  }

  assert {
    condition = { for name, each in google_cloudfunctions2_function.function : name => each.service_config[0].ingress_settings } == {
      webhook = "ALLOW_ALL", correlate = "ALLOW_INTERNAL_ONLY", send = "ALLOW_INTERNAL_ONLY"
    }
    error_message = "Only webhook can be reached from the internet."
  }

  assert {
    condition     = output.webhook_address == "https://rbm-webhook-mock-uc.a.run.app/" && output.agent_webhook_addresses["bank"] == "https://rbm-webhook-mock-uc.a.run.app/bank"
    error_message = "The RBM console gets the function's own address."
  }

  assert {
    condition     = length(output.after_apply) == 0 && output.load_balancer_address == null && length(google_compute_security_policy.webhook) == 0
    error_message = "Nothing is left to do, and there is no load balancer to pay for."
  }
}

run "callers_reach_send" {
  command = plan

  variables {
    callers = ["group:desk@example.com"]
  }

  assert {
    condition     = google_cloudfunctions2_function.function["send"].service_config[0].ingress_settings == "ALLOW_ALL"
    error_message = "Callers come from outside; the invoker role keeps everybody else out."
  }
}

run "load_balancer" {
  command = plan

  variables {
    public_access  = "load_balancer"
    domain         = "rbm.example.com"
    webhook_names  = ["shop", "bank"]
    max_body_bytes = 300000
  }

  assert {
    condition     = google_cloudfunctions2_function.function["webhook"].service_config[0].ingress_settings == "ALLOW_INTERNAL_AND_GCLB"
    error_message = "Behind a load balancer the function's own address is shut."
  }

  assert {
    condition     = google_compute_region_network_endpoint_group.webhook[0].cloud_run[0].service == "rbm-webhook" && google_compute_global_forwarding_rule.webhook[0].port_range == "443"
    error_message = "Port 443 leads to webhook."
  }

  assert {
    condition     = google_compute_managed_ssl_certificate.webhook[0].managed[0].domains == tolist(["rbm.example.com"]) && google_compute_ssl_policy.webhook[0].min_tls_version == "TLS_1_2"
    error_message = "Google makes a certificate for domain; nothing below TLS 1.2 is spoken."
  }

  assert {
    condition = toset([for rule in google_compute_security_policy.webhook[0].rule : "${rule.action} ${try(rule.match[0].expr[0].expression, one(rule.match[0].config[0].src_ip_ranges))}"]) == toset([
      "deny(404) !request.path.matches('^/(|bank|shop)$')",
      "deny(403) has(request.headers['content-length']) && int(request.headers['content-length']) > 300000",
      "throttle *",
      "allow *",
    ])
    error_message = "Paths that are no webhook and large bodies are refused, one address is slowed down, the rest goes through."
  }

  assert {
    condition     = one(flatten([for rule in google_compute_security_policy.webhook[0].rule : rule.rate_limit_options[*].rate_limit_threshold[0].count])) == 120000
    error_message = "One address may make 120000 calls a minute."
  }

  assert {
    condition     = output.webhook_address == "https://rbm.example.com/" && output.agent_webhook_addresses == { bank = "https://rbm.example.com/bank", shop = "https://rbm.example.com/shop" }
    error_message = "The RBM console gets the domain."
  }

  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.public) == 1
    error_message = "Google's calls carry no identity behind a load balancer either."
  }
}

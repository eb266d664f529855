locals {
  load_balancer_count = local.has_load_balancer ? 1 : 0
  webhook_paths       = "^/(${join("|", concat([""], sort(var.webhook_names)))})$"
}

resource "google_compute_global_address" "webhook" {
  count = local.load_balancer_count

  name = "${var.prefix}-webhook"

  depends_on = [google_project_service.api]
}

resource "google_compute_region_network_endpoint_group" "webhook" {
  count = local.load_balancer_count

  name                  = "${var.prefix}-webhook"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = google_cloudfunctions2_function.function["webhook"].name
  }
}

# Cheap refusals before an instance is asked. What is authentic only the function can tell.
resource "google_compute_security_policy" "webhook" {
  count = local.load_balancer_count

  name        = "${var.prefix}-webhook"
  description = "What may reach the webhook of rbm-ledger."

  rule {
    action      = "deny(404)"
    priority    = 1000
    description = "Paths that are no webhook"

    match {
      expr {
        expression = "!request.path.matches('${local.webhook_paths}')"
      }
    }
  }

  rule {
    action      = "deny(403)"
    priority    = 1100
    description = "Bodies larger than any callback"

    match {
      expr {
        expression = "has(request.headers['content-length']) && int(request.headers['content-length']) > ${var.max_body_bytes}"
      }
    }
  }

  rule {
    action      = "throttle"
    priority    = 2000
    description = "At most so many calls a minute from one address"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"

      rate_limit_threshold {
        count        = var.rate_limit_per_minute
        interval_sec = 60
      }
    }
  }

  rule {
    action      = "allow"
    priority    = 2147483647
    description = "The rule that every policy ends with"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_compute_backend_service" "webhook" {
  count = local.load_balancer_count

  name                  = "${var.prefix}-webhook"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.webhook[0].id

  backend {
    group = google_compute_region_network_endpoint_group.webhook[0].id
  }

  log_config {
    enable      = true
    sample_rate = 0.01
  }
}

resource "google_compute_url_map" "webhook" {
  count = local.load_balancer_count

  name            = "${var.prefix}-webhook"
  default_service = google_compute_backend_service.webhook[0].id
}

resource "google_compute_ssl_policy" "webhook" {
  count = local.load_balancer_count

  name            = "${var.prefix}-webhook"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"

  depends_on = [google_project_service.api]
}

resource "google_compute_managed_ssl_certificate" "webhook" {
  count = local.load_balancer_count

  # Another domain is another certificate, made before the old one goes.
  name = "${var.prefix}-webhook-${substr(sha256(var.domain), 0, 8)}"

  managed {
    domains = [var.domain]
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [google_project_service.api]
}

resource "google_compute_target_https_proxy" "webhook" {
  count = local.load_balancer_count

  name             = "${var.prefix}-webhook"
  url_map          = google_compute_url_map.webhook[0].id
  ssl_certificates = [google_compute_managed_ssl_certificate.webhook[0].id]
  ssl_policy       = google_compute_ssl_policy.webhook[0].id
}

resource "google_compute_global_forwarding_rule" "webhook" {
  count = local.load_balancer_count

  name                  = "${var.prefix}-webhook"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.webhook[0].id
  port_range            = "443"
  target                = google_compute_target_https_proxy.webhook[0].id
}

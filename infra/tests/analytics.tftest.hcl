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

run "off_by_default" {
  command = plan

  assert {
    condition = (
      length(google_bigquery_dataset.analytics) == 0 && length(google_bigquery_table.view) == 0 &&
      length(google_pubsub_subscription.analytics) == 0 && output.analytics_views == []
    )
    error_message = "Without analytics there is nothing in BigQuery."
  }
}

run "updates_go_into_a_table" {
  command = plan

  variables {
    analytics = true
  }

  assert {
    condition = (
      google_pubsub_subscription.analytics[0].topic == "rbm-updates" &&
      google_pubsub_subscription.analytics[0].bigquery_config[0].table == "demo-project.rbm_analytics.updates" &&
      google_pubsub_subscription.analytics[0].bigquery_config[0].write_metadata
    )
    error_message = "Every update goes into the table, with its attributes."
  }

  assert {
    condition = !anytrue([
      google_pubsub_subscription.analytics[0].bigquery_config[0].use_table_schema == true,
      google_pubsub_subscription.analytics[0].bigquery_config[0].use_topic_schema == true,
    ])
    error_message = "No schema can refuse an update."
  }

  assert {
    condition = { for column in jsondecode(google_bigquery_table.updates[0].schema) : column.name => "${column.type} ${column.mode}" } == {
      subscription_name = "STRING NULLABLE"
      message_id        = "STRING NULLABLE"
      publish_time      = "TIMESTAMP NULLABLE"
      data              = "STRING NULLABLE"
      attributes        = "STRING NULLABLE"
    }
    error_message = "The columns are those that Pub/Sub writes, in types that take any update."
  }

  assert {
    condition     = google_bigquery_table.updates[0].time_partitioning[0].field == "publish_time" && google_bigquery_table.updates[0].time_partitioning[0].expiration_ms == 90 * 86400000
    error_message = "A day is a partition, kept as long as the documents."
  }

  assert {
    condition = (
      google_pubsub_subscription.analytics[0].dead_letter_policy[0].dead_letter_topic == "projects/demo-project/topics/rbm-dead-letters" &&
      google_pubsub_subscription.analytics[0].expiration_policy[0].ttl == "" && google_pubsub_subscription.analytics[0].message_retention_duration == "604800s" &&
      google_pubsub_subscription_iam_member.analytics_dead_letters[0].role == "roles/pubsub.subscriber" &&
      google_pubsub_subscription_iam_member.analytics_dead_letters[0].subscription == "rbm-updates-analytics" &&
      google_pubsub_subscription_iam_member.analytics_dead_letters[0].member == "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
    )
    error_message = "What BigQuery does not take goes to the dead letters."
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.alert["backlog_is_old"].conditions[0].condition_threshold[0].filter, "\"rbm-updates-analytics\"") && !strcontains(google_monitoring_alert_policy.alert["pushes_fail"].conditions[0].condition_threshold[0].filter, "rbm-updates-analytics")
    error_message = "Its backlog is watched; it has no pushes."
  }
}

run "grants" {
  command = plan

  variables {
    analytics         = true
    analytics_readers = ["group:analysts@example.com"]
  }

  assert {
    condition     = "${google_bigquery_table_iam_member.analytics[0].dataset_id}.${google_bigquery_table_iam_member.analytics[0].table_id} ${google_bigquery_table_iam_member.analytics[0].role} ${google_bigquery_table_iam_member.analytics[0].member}" == "rbm_analytics.updates roles/bigquery.dataEditor serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
    error_message = "Pub/Sub's own agent may write the one table."
  }

  assert {
    condition     = toset([for grant in google_bigquery_dataset_iam_member.analytics_reader : "${grant.dataset_id} ${grant.role} ${grant.member}"]) == toset(["rbm_analytics roles/bigquery.dataViewer group:analysts@example.com"])
    error_message = "Readers read, and nobody else."
  }
}

run "views" {
  command = plan

  variables {
    analytics                = true
    analytics_window_days    = 7
    analytics_retention_days = 400
    prefix                   = "chat-eu"
  }

  assert {
    condition = toset(concat(google_bigquery_table.messages[*].table_id, values(google_bigquery_table.view)[*].table_id)) == toset([
      "messages", "funnel_by_agent", "funnel_by_campaign", "funnel_by_hour", "latency_by_agent", "latency_by_campaign", "latency_by_hour",
    ])
    error_message = "Funnel and latencies come by agent, campaign label and hour."
  }

  assert {
    condition     = alltrue([for each in values(google_bigquery_table.view) : strcontains(each.view[0].query, "`demo-project.chat_eu_analytics.messages`") && !each.view[0].use_legacy_sql])
    error_message = "They stand on the messages of the same dataset; a hyphen is no part of a dataset's name."
  }

  assert {
    condition     = length(regexall("INTERVAL 7 DAY", google_bigquery_table.messages[0].view[0].query)) == 3 && strcontains(google_bigquery_table.messages[0].view[0].query, "WHERE publish_time >=")
    error_message = "A query reads no more partitions than the window needs."
  }

  assert {
    condition = alltrue([
      for step in ["requested", "accepted", "DELIVERED", "READ"] : strcontains(google_bigquery_table.messages[0].view[0].query, "= '${step}'")
    ])
    error_message = "The steps are those of an update's timeline."
  }

  assert {
    condition = alltrue([
      for column in ["COUNTIF(state = 'unresolved') AS unresolved", "COUNTIF(fallback_time IS NOT NULL) AS fell_back", "COUNTIF(fallback_regretted) AS fallback_regretted"] :
      alltrue([for name in ["agent", "campaign", "hour"] : strcontains(google_bigquery_table.view["funnel_by_${name}"].view[0].query, column)])
    ])
    error_message = "A funnel says of how many messages nothing came, and how many fell back, rightly or not."
  }

  assert {
    condition     = strcontains(google_bigquery_table.messages[0].view[0].query, "'$.kind') = 'fallback'") && strcontains(google_bigquery_table.messages[0].view[0].query, "LEFT JOIN fallbacks USING (agent_id, message_id)")
    error_message = "Every message stays, and the fallback of its agent and id stands beside it."
  }

  assert {
    condition     = google_bigquery_table.updates[0].time_partitioning[0].expiration_ms == 400 * 86400000
    error_message = "Updates are kept as long as analytics_retention_days says."
  }
}

run "outlives_destroy" {
  command = plan

  variables {
    analytics = true
  }

  assert {
    condition     = toset([google_bigquery_dataset.analytics[0].deletion_policy, google_bigquery_table.updates[0].deletion_policy]) == toset(["ABANDON"]) && !google_bigquery_dataset.analytics[0].delete_contents_on_destroy
    error_message = "Destroy leaves what was recorded behind."
  }
}

run "own_key" {
  command = plan

  variables {
    analytics         = true
    delete_protection = false
    cmek_key          = "projects/keys/locations/us-central1/keyRings/rbm/cryptoKeys/ledger"
  }

  assert {
    condition = (
      google_bigquery_dataset.analytics[0].default_encryption_configuration[0].kms_key_name == "projects/keys/locations/us-central1/keyRings/rbm/cryptoKeys/ledger" &&
      google_kms_crypto_key_iam_member.analytics[0].crypto_key_id == "projects/keys/locations/us-central1/keyRings/rbm/cryptoKeys/ledger" &&
      google_kms_crypto_key_iam_member.analytics[0].role == "roles/cloudkms.cryptoKeyEncrypterDecrypter"
    )
    error_message = "The tables are encrypted with the key, which BigQuery may use."
  }

  assert {
    condition     = google_bigquery_dataset.analytics[0].deletion_policy == "DELETE" && google_bigquery_dataset.analytics[0].delete_contents_on_destroy
    error_message = "Destroy takes the tables when it takes the ledger."
  }
}

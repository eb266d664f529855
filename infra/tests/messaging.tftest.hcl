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
  target          = google_cloudfunctions2_function.function["correlate"]
  override_during = plan
  values          = { service_config = { uri = "https://rbm-correlate-mock-uc.a.run.app" } }
}

override_resource {
  target          = google_cloudfunctions2_function.function["send"]
  override_during = plan
  values          = { service_config = { uri = "https://rbm-send-mock-uc.a.run.app" } }
}

override_resource {
  target          = google_service_account.push
  override_during = plan
  values = {
    email  = "rbm-push@demo-project.iam.gserviceaccount.com"
    member = "serviceAccount:rbm-push@demo-project.iam.gserviceaccount.com"
  }
}

run "topics" {
  command = plan

  assert {
    condition = toset(values(google_pubsub_topic.topic)[*].name) == toset([
      "rbm-events", "rbm-send-requests", "rbm-updates", "rbm-dead-letters",
    ])
    error_message = "There are exactly the four topics of the design."
  }

  assert {
    condition = alltrue([
      for topic in google_pubsub_topic.topic :
      topic.message_storage_policy[0].allowed_persistence_regions == toset(["us-central1"])
    ])
    error_message = "Messages stay in the region."
  }

  assert {
    condition     = toset([for topic in google_pubsub_topic.topic : topic.name if topic.message_retention_duration != null]) == toset(["rbm-events"])
    error_message = "Only events can be sought back: a send request that is read again could be sent again."
  }
}

run "push_subscriptions" {
  command = plan

  assert {
    condition = { for name, each in google_pubsub_subscription.push : name => "${each.topic} to ${each.push_config[0].push_endpoint} as ${each.name}" } == {
      correlate = "rbm-events to https://rbm-correlate-mock-uc.a.run.app as rbm-events-correlate"
      send      = "rbm-send-requests to https://rbm-send-mock-uc.a.run.app as rbm-send-requests-send"
    }
    error_message = "Events go to correlate, send requests to send."
  }

  assert {
    condition = alltrue([
      for each in google_pubsub_subscription.push :
      each.push_config[0].oidc_token[0].service_account_email == "rbm-push@demo-project.iam.gserviceaccount.com" &&
      each.push_config[0].oidc_token[0].audience == each.push_config[0].push_endpoint
    ])
    error_message = "Every push carries an identity token of the push account, made out to the function that it calls."
  }

  assert {
    condition = alltrue([
      for each in google_pubsub_subscription.push :
      each.dead_letter_policy[0].dead_letter_topic == "projects/demo-project/topics/rbm-dead-letters" &&
      each.dead_letter_policy[0].max_delivery_attempts == 10
    ])
    error_message = "What failed ten times goes to the dead letters."
  }

  assert {
    condition = alltrue([
      for each in google_pubsub_subscription.push :
      each.retry_policy[0].minimum_backoff == "10s" && each.retry_policy[0].maximum_backoff == "600s" &&
      each.message_retention_duration == "604800s" && each.expiration_policy[0].ttl == "" &&
      each.ack_deadline_seconds == 60
    ])
    error_message = "Waits of 10 to 600 seconds, 7 days of retention, no expiry, a deadline of 60 seconds."
  }
}

run "dead_letters_are_kept" {
  command = plan

  assert {
    condition = (
      google_pubsub_subscription.dead_letters.topic == "rbm-dead-letters" &&
      google_pubsub_subscription.dead_letters.message_retention_duration == "2678400s" &&
      google_pubsub_subscription.dead_letters.expiration_policy[0].ttl == "" &&
      length(google_pubsub_subscription.dead_letters.push_config) == 0
    )
    error_message = "Dead letters wait for 31 days in a pull subscription that never expires."
  }

  assert {
    condition = (
      google_pubsub_topic_iam_member.dead_letters.topic == "rbm-dead-letters" &&
      google_pubsub_topic_iam_member.dead_letters.role == "roles/pubsub.publisher" &&
      google_pubsub_topic_iam_member.dead_letters.member == "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
    )
    error_message = "Pub/Sub's own agent may publish dead letters."
  }

  assert {
    condition = { for name, grant in google_pubsub_subscription_iam_member.dead_letters : grant.subscription => "${grant.role} ${grant.member}" } == {
      for each in google_pubsub_subscription.push :
      each.name => "roles/pubsub.subscriber serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
    }
    error_message = "Pub/Sub's own agent may take messages out of every subscription that has dead letters."
  }
}

run "names_follow_the_prefix" {
  command = plan

  variables {
    prefix = "chat"
  }

  assert {
    condition     = google_pubsub_topic.topic["events"].name == "chat-events" && google_pubsub_subscription.push["send"].name == "chat-send-requests-send"
    error_message = "A second system in the same project has names of its own."
  }
}

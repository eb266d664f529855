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

run "database_by_default" {
  command = plan

  assert {
    condition = (
      google_firestore_database.ledger.name == "rbm-ledger" &&
      google_firestore_database.ledger.location_id == "us-central1" &&
      google_firestore_database.ledger.type == "FIRESTORE_NATIVE" &&
      google_firestore_database.ledger.database_edition == "STANDARD" &&
      google_firestore_database.ledger.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED"
    )
    error_message = "A native database of its own, in the region of the functions, with point-in-time recovery."
  }

  assert {
    condition     = google_firestore_backup_schedule.daily[0].retention == "1209600s" && google_firestore_backup_schedule.daily[0].database == "rbm-ledger"
    error_message = "Daily backups of the ledger are kept for 14 days."
  }
}

run "destroy_leaves_the_ledger" {
  command = plan

  assert {
    condition     = google_firestore_database.ledger.delete_protection_state == "DELETE_PROTECTION_ENABLED"
    error_message = "The database refuses to be deleted."
  }

  assert {
    condition = toset(concat(
      [google_firestore_database.ledger.deletion_policy, google_firestore_field.message_id.deletion_policy],
      google_firestore_backup_schedule.daily[*].deletion_policy,
      values(google_firestore_field.purge_time)[*].deletion_policy,
      values(google_firestore_field.unindexed)[*].deletion_policy,
      values(google_firestore_index.deadline)[*].deletion_policy,
    )) == toset(["ABANDON"])
    error_message = "Destroy leaves the database, its backups, its TTL and its indexes behind as they are."
  }
}

run "destroy_takes_the_ledger_when_told_to" {
  command = plan

  variables {
    delete_protection      = false
    point_in_time_recovery = false
    backup_retention_days  = 0
  }

  assert {
    condition = (
      google_firestore_database.ledger.delete_protection_state == "DELETE_PROTECTION_DISABLED" &&
      google_firestore_database.ledger.deletion_policy == "DELETE" &&
      google_firestore_database.ledger.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_DISABLED" &&
      length(google_firestore_backup_schedule.daily) == 0
    )
    error_message = "What protects the ledger can be turned off, by name."
  }
}

run "documents_are_purged" {
  command = plan

  assert {
    condition = toset([for field in google_firestore_field.purge_time : "${field.collection}.${field.field}"]) == toset([
      for collection in ["messages", "conversations", "userMessages", "quarantine", "spill", "capabilities", "files", "senders"] : "${collection}.purgeTime"
    ])
    error_message = "Everything goes at its purgeTime, but for agents, and for users' consent with its evidence, which outlives all."
  }

  assert {
    condition     = alltrue([for field in google_firestore_field.purge_time : length(field.ttl_config) == 1 && length(field.index_config[0].indexes) == 0 && field.database == "rbm-ledger"])
    error_message = "purgeTime has a TTL and, as a rising value, no index."
  }
}

run "indexes" {
  command = plan

  # The documents' fields that rise with time or hold contents.
  assert {
    condition = length(setsubtract(
      [
        "messages.acceptedTime", "messages.attempts", "messages.claim", "messages.content", "messages.events", "messages.expireTime",
        "messages.faults", "messages.platform", "messages.requestedTime", "messages.revokedTime", "messages.updatedTime",
        "messages.conflicts", "messages.fallback", "messages.fallbackDecisions", "messages.fingerprints",
        "messages.gaveUpTime", "messages.orphanedTime", "messages.sweep", "messages.taps", "messages.unresolvedTime",
        "consents.optedOutAtMs", "consents.optedInAtMs", "consents.heardAtMs", "consents.updatedTime",
        "evidence.note", "evidence.ownAtMs", "evidence.updatedTime",
        "capabilities.reachableAtMs", "capabilities.unreachableAtMs", "capabilities.featuresAtMs", "files.uploadedTime",
        "conversations.lastInboundAtMs", "conversations.updatedTime",
        "userMessages.agentReadTime", "userMessages.attempts", "userMessages.location", "userMessages.sendTime", "userMessages.suggestionResponse", "userMessages.text",
        "userMessages.updatedTime", "userMessages.userFile", "quarantine.raw", "quarantine.updatedTime", "spill.raw", "spill.attributes", "spill.updatedTime",
      ],
      [for field in google_firestore_field.unindexed : "${field.collection}.${field.field}"],
    )) == 0
    error_message = "A field that rises with time or holds contents has no index."
  }

  assert {
    condition     = alltrue([for field in google_firestore_field.unindexed : length(field.index_config) == 1 && length(field.index_config[0].indexes) == 0 && field.database == "rbm-ledger"])
    error_message = "An exemption is an index configuration without indexes."
  }

  assert {
    condition = (
      "${google_firestore_field.message_id.collection}.${google_firestore_field.message_id.field}" == "messages.messageId" &&
      toset([for index in google_firestore_field.message_id.index_config[0].indexes : "${index.order} ${index.query_scope}"]) == toset(["ASCENDING COLLECTION", "ASCENDING COLLECTION_GROUP"])
    )
    error_message = "rbm show searches messageId in the messages of all agents."
  }

  assert {
    condition = toset([for index in google_firestore_index.deadline : "${index.database} ${index.collection} ${index.query_scope} ${join(", ", [for field in index.fields : "${field.field_path} ${field.order}"])}"]) == toset([
      "rbm-ledger messages COLLECTION_GROUP sweep.shard ASCENDING, sweep.dueAtMs ASCENDING",
      "rbm-ledger messages COLLECTION_GROUP sweep.shard ASCENDING, sweep.orphanDueAtMs ASCENDING",
    ])
    error_message = "The sweep finds what is due in the messages of all agents, by shard and then by deadline."
  }

  assert {
    condition     = length(setintersection([for field in google_firestore_field.unindexed : "${field.collection}.${field.field}"], ["senders.seenAtMs", "evidence.atMs"])) == 0
    error_message = "By seenAtMs send counts who else sends as an agent, by atMs what a user said just before is found."
  }
}

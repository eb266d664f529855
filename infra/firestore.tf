locals {
  # What is left behind as it is when the ledger outlives terraform destroy.
  ledger_deletion_policy = var.delete_protection ? "ABANDON" : "DELETE"

  # Nobody searches by these: times (an index on a rising value holds a collection to 500 writes a second) and contents.
  unindexed_fields = {
    messages = [
      "acceptedTime", "attempts", "claim", "conflicts", "content", "events", "expireTime", "fallback",
      "fallbackDecisions", "faults", "fingerprints", "gaveUpTime", "idClaims", "orphanedTime", "platform",
      "requestedTime", "revokedTime", "signed", "sweep", "taps", "unresolvedTime", "updatedTime",
    ]
    conversations = ["lastInboundAtMs", "updatedTime"]
    userMessages = [
      "agentReadTime", "attempts", "carrier", "contentText", "eventId", "idClaims", "location", "repliesTo",
      "richMessageClassification", "sendTime", "signed", "suggestionResponse", "text", "updatedTime", "userFile",
    ]
    quarantine   = ["raw", "reason", "updatedTime"]
    spill        = ["attributes", "drainedTime", "raw", "updatedTime"]
    capabilities = ["carrier", "featuresAtMs", "reachableAtMs", "unreachableAtMs", "updatedTime"]
    files = [
      "attempts", "contentDescription", "fileUrl", "fingerprints", "name", "thumbnailUrl", "updatedTime", "uploadedTime",
    ]
    consents = ["acknowledgements", "heardAtMs", "optedInAtMs", "optedOutAtMs", "updatedTime"]

    # atMs and seenAtMs keep their index: what was said just before is looked for, and who else sends as an agent.
    evidence = ["note", "ownAtMs", "updatedTime"]
    senders  = ["updatedTime"]
  }

  # Who has opted out stays so, however long nothing is written.
  kept_collections = ["consents", "evidence"]

  # Of the deadlines in messages. The shard comes first, so that no end of an index takes all writes; the fields
  # themselves have no index of their own (cloud.google.com/firestore/docs/solutions/shard-timestamp, read 2026-11).
  deadlines = toset(["dueAtMs", "orphanDueAtMs"])

  unindexed = merge([
    for collection, fields in local.unindexed_fields : {
      for field in fields : "${collection}.${field}" => { collection = collection, field = field }
    }
  ]...)
}

resource "google_firestore_database" "ledger" {
  name             = var.firestore_database
  location_id      = coalesce(var.firestore_location, var.region)
  type             = "FIRESTORE_NATIVE"
  database_edition = "STANDARD"

  delete_protection_state = var.delete_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy         = local.ledger_deletion_policy

  point_in_time_recovery_enablement = (
    var.point_in_time_recovery ? "POINT_IN_TIME_RECOVERY_ENABLED" : "POINT_IN_TIME_RECOVERY_DISABLED"
  )

  dynamic "cmek_config" {
    for_each = var.cmek_key[*]

    content {
      kms_key_name = cmek_config.value
    }
  }

  depends_on = [google_project_service.api, time_sleep.encryption_grants]
}

resource "google_firestore_backup_schedule" "daily" {
  count = var.backup_retention_days == 0 ? 0 : 1

  database        = google_firestore_database.ledger.name
  retention       = "${var.backup_retention_days * 86400}s"
  deletion_policy = local.ledger_deletion_policy

  daily_recurrence {}
}

# Deletes a document within a day or so of its purgeTime. agents/{agentId} itself stays.
resource "google_firestore_field" "purge_time" {
  for_each = setsubtract(keys(local.unindexed_fields), local.kept_collections)

  database        = google_firestore_database.ledger.name
  collection      = each.key
  field           = "purgeTime"
  deletion_policy = local.ledger_deletion_policy

  ttl_config {}
  index_config {}
}

resource "google_firestore_field" "unindexed" {
  for_each = local.unindexed

  database        = google_firestore_database.ledger.name
  collection      = each.value.collection
  field           = each.value.field
  deletion_policy = local.ledger_deletion_policy

  # Empty: no index at all. Those of a map's members go with it.
  index_config {}
}

# The sweep searches the messages of all agents, shard by shard. Every other read is by name or by one field.
resource "google_firestore_index" "deadline" {
  for_each = local.deadlines

  database        = google_firestore_database.ledger.name
  collection      = "messages"
  query_scope     = "COLLECTION_GROUP"
  deletion_policy = local.ledger_deletion_policy

  fields {
    field_path = "sweep.shard"
    order      = "ASCENDING"
  }

  fields {
    field_path = "sweep.${each.key}"
    order      = "ASCENDING"
  }
}

# rbm show finds a message without knowing its agent.
resource "google_firestore_field" "message_id" {
  database        = google_firestore_database.ledger.name
  collection      = "messages"
  field           = "messageId"
  deletion_policy = local.ledger_deletion_policy

  index_config {
    indexes {
      order       = "ASCENDING"
      query_scope = "COLLECTION"
    }

    indexes {
      order       = "ASCENDING"
      query_scope = "COLLECTION_GROUP"
    }
  }
}

# shellcheck shell=bash disable=SC2154 # the part of deploy.sh that makes the database; its variables are set there

make_ledger() {
    ensure gcloud firestore databases describe --database="$database" --project="$project" -- \
        gcloud firestore databases create --database="$database" --project="$project" --location="$region" \
        --type=firestore-native --edition=standard --delete-protection --enable-pitr
    if $dry_run || ! has_backups; then
        run gcloud firestore backups schedules create --database="$database" --project="$project" \
            --recurrence=daily --retention=14d
    fi
    leave_unindexed messages acceptedTime attempts claim conflicts content events expireTime fallback fallbackDecisions \
        faults fingerprints gaveUpTime idClaims orphanedTime platform requestedTime revokedTime signed sweep taps \
        unresolvedTime updatedTime
    leave_unindexed conversations lastInboundAtMs updatedTime
    leave_unindexed userMessages agentReadTime attempts carrier contentText eventId idClaims location repliesTo \
        richMessageClassification sendTime signed suggestionResponse text updatedTime userFile
    leave_unindexed quarantine raw reason updatedTime
    leave_unindexed spill attributes drainedTime raw updatedTime
    leave_unindexed capabilities carrier featuresAtMs reachableAtMs unreachableAtMs updatedTime
    leave_unindexed files attempts contentDescription fileUrl fingerprints name thumbnailUrl updatedTime uploadedTime
    leave_unindexed senders updatedTime
    # Who has opted out stays so, however long nothing is written.
    keep_unindexed consents acknowledgements heardAtMs optedInAtMs optedOutAtMs updatedTime
    keep_unindexed evidence note ownAtMs updatedTime
    index_message_id
    index_deadline dueAtMs
    index_deadline orphanDueAtMs
    local name here="expression=resource.name == \"projects/$project/databases/$database\",title=rbm-ledger-only"
    for name in correlate send; do
        grant_on_project "serviceAccount:$(account $name)" roles/datastore.user "$here"
    done
    # webhook is open to everybody: it may write an event that Pub/Sub does not take, and read nothing.
    ensure gcloud iam roles describe rbm_spill --project="$project" -- \
        gcloud iam roles create rbm_spill --project="$project" --title=rbm-spill \
        --permissions=datastore.entities.create,datastore.entities.update
    grant_on_project "serviceAccount:$(account webhook)" "projects/$project/roles/rbm_spill" "$here"
}

has_backups() {
    local found
    found=$(gcloud firestore backups schedules list --database="$database" --project="$project" --format='value(name)')
    [ -n "$found" ]
}

# One change of a field has to end before the next begins.
leave_unindexed() {
    local collection=$1
    change_field indexes fields update purgeTime --disable-indexes
    change_field fields ttls update purgeTime --enable-ttl --async
    keep_unindexed "$@"
}

# Documents that are never purged.
keep_unindexed() {
    local collection=$1 field
    shift
    for field in "$@"; do
        change_field indexes fields update "$field" --disable-indexes --async
    done
}

change_field() {
    run gcloud firestore "$@" --collection-group="$collection" --database="$database" --project="$project"
}

# rbm show finds a message without knowing its agent. gcloud has no flag for the scope of such an index.
index_message_id() {
    local scope indexes=
    for scope in COLLECTION COLLECTION_GROUP; do
        indexes+="${indexes:+,}{\"queryScope\":\"$scope\",\"fields\":[{\"fieldPath\":\"messageId\",\"order\":\"ASCENDING\"}]}"
    done
    local field="projects/$project/databases/$database/collectionGroups/messages/fields/messageId"
    # The token goes in by standard input: arguments are for everybody on this machine to see.
    print_authorization | run curl --fail --silent --show-error --request PATCH --header @- \
        --header 'Content-Type: application/json' --data "{\"indexConfig\":{\"indexes\":[$indexes]}}" \
        "https://firestore.googleapis.com/v1/$field?updateMask=indexConfig"
}

# The sweep searches the messages of all agents, shard by shard.
index_deadline() {
    if $dry_run || ! has_index "sweep.$1"; then
        run gcloud firestore indexes composite create --collection-group=messages --query-scope=collection-group \
            --field-config=field-path=sweep.shard,order=ascending \
            --field-config=field-path="sweep.$1",order=ascending \
            --database="$database" --project="$project" --async
    fi
}

has_index() {
    local found
    found=$(gcloud firestore indexes composite list --database="$database" --project="$project" \
        --filter="fields.fieldPath=$1" --format='value(name)')
    [ -n "$found" ]
}

print_authorization() {
    if $dry_run; then
        echo "# The next command reads standard input: Authorization: Bearer \$(gcloud auth print-access-token)" >&2
    else
        echo "Authorization: Bearer $(gcloud auth print-access-token)"
    fi
}

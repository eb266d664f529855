#!/usr/bin/env bash
# The system that Terraform makes here by default, by gcloud alone, for those who may not use Terraform:
#
#   infra/deploy.sh PROJECT [REGION]             makes what is missing and deploys the functions; can be repeated
#   infra/deploy.sh --dry-run PROJECT [REGION]   prints the commands; copy what you need
#
# What is there already keeps its settings, but for functions, indexes and grants. Only Terraform makes metrics,
# alerts, dashboard, labels, and the clean-up of old images. A test holds all the rest to Terraform's plan.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=infra/deploy_ledger.sh
source infra/deploy_ledger.sh

main() {
    dry_run=false
    if [ "${1:-}" = --dry-run ]; then
        dry_run=true
        shift
    fi
    if [ $# -lt 1 ] || [ $# -gt 2 ] || [[ $1 == -* ]]; then
        echo "usage: infra/deploy.sh [--dry-run] PROJECT [REGION]" >&2
        exit 2
    fi
    project=$1
    region=${2:-us-central1}
    database=rbm-ledger
    pubsub_agent="serviceAccount:service-$(project_number)@gcp-sa-pubsub.iam.gserviceaccount.com"

    enable_apis
    make_accounts
    make_topics
    make_ledger
    make_secret rbm-client-tokens webhook
    make_secret rbm-credentials send
    make_repository
    deploy_functions
    open_webhook
    make_push_subscription rbm-events-correlate rbm-events correlate
    make_push_subscription rbm-send-requests-send rbm-send-requests send
    make_job sweep send
    make_job drain correlate
    say "webhook is at $(uri webhook)"
}

enable_apis() {
    run gcloud services enable --project="$project" \
        artifactregistry.googleapis.com cloudbuild.googleapis.com cloudfunctions.googleapis.com \
        cloudresourcemanager.googleapis.com cloudscheduler.googleapis.com firestore.googleapis.com \
        iam.googleapis.com logging.googleapis.com monitoring.googleapis.com pubsub.googleapis.com \
        run.googleapis.com secretmanager.googleapis.com storage.googleapis.com
    # Makes Pub/Sub's own account exist, so that roles can be granted to it.
    run gcloud beta services identity create --service=pubsub.googleapis.com --project="$project"
}

make_accounts() {
    local name
    for name in webhook correlate send push scheduler build; do
        ensure gcloud iam service-accounts describe "$(account $name)" --project="$project" -- \
            gcloud iam service-accounts create "rbm-$name" --project="$project" \
            --display-name="rbm-ledger: $name"
    done
}

make_topics() {
    # Events can be had back for a week, after a faulty release of correlate.
    make_topic rbm-events --message-retention-duration=7d
    make_topic rbm-send-requests
    make_topic rbm-updates
    make_topic rbm-dead-letters
    grant_on_topic rbm-events "serviceAccount:$(account webhook)"
    # What webhook has spilled.
    grant_on_topic rbm-events "serviceAccount:$(account correlate)"
    grant_on_topic rbm-updates "serviceAccount:$(account correlate)"
    grant_on_topic rbm-updates "serviceAccount:$(account send)"
    # Requests for many are split: one message each.
    grant_on_topic rbm-send-requests "serviceAccount:$(account send)"
    grant_on_topic rbm-dead-letters "$pubsub_agent"
    make_subscription rbm-dead-letters-kept --topic=rbm-dead-letters --message-retention-duration=31d
}

make_repository() {
    ensure gcloud artifacts repositories describe rbm-functions --location="$region" --project="$project" -- \
        gcloud artifacts repositories create rbm-functions --location="$region" --project="$project" \
        --repository-format=docker
    local build
    build="serviceAccount:$(account build)"
    run gcloud artifacts repositories add-iam-policy-binding rbm-functions --location="$region" \
        --project="$project" --member="$build" --role=roles/artifactregistry.writer
    grant_on_project "$build" roles/logging.logWriter None
    grant_on_project "$build" roles/storage.objectViewer \
        'expression=resource.name.startsWith("projects/_/buckets/gcf-v2-sources-"),title=rbm-source-of-functions-only'
    # A build that starts right after its grants is refused.
    $dry_run || sleep 60
}

deploy_functions() {
    local ledger="GOOGLE_CLOUD_PROJECT=$project,FIRESTORE_DATABASE=$database,RBM_UPDATES_TOPIC=rbm-updates"
    ledger+=",RETENTION_DAYS=90,STORE_CONTENT=true,WORKERS=1"
    local webhook="GOOGLE_CLOUD_PROJECT=$project,RBM_EVENTS_TOPIC=rbm-events,PUBLISH_TIMEOUT_SECONDS=8"
    webhook+=",SPILL=true,SPILL_AFTER_SECONDS=3,FIRESTORE_DATABASE=$database"
    webhook+=",MAX_BODY_BYTES=1048576,RBM_CLIENT_TOKENS_FILE=/secrets/client-tokens/tokens.json,WORKERS=1"
    local send="$ledger,RBM_API_ENDPOINT=https://rcsbusinessmessaging.googleapis.com,RBM_TIMEOUT_SECONDS=10"
    send+=",RBM_CREDENTIALS_FILE=/secrets/credentials/key.json,RBM_SEND_REQUESTS_TOPIC=rbm-send-requests"
    send+=",MAX_DELIVERY_ATTEMPTS=10,CAPABILITY_MAX_AGE_SECONDS=86400"

    deploy_function webhook --ingress-settings=all --timeout=30s --min-instances=1 --max-instances=20 \
        --set-env-vars="$webhook" --set-secrets=/secrets/client-tokens:/tokens.json=rbm-client-tokens:latest
    deploy_function correlate --ingress-settings=internal-only --timeout=55s --min-instances=0 \
        --max-instances=20 --set-env-vars="$ledger,RBM_EVENTS_TOPIC=rbm-events"
    deploy_function send --ingress-settings=internal-only --timeout=55s --min-instances=0 --max-instances=10 \
        --set-env-vars="$send" --set-secrets=/secrets/credentials:/key.json=rbm-credentials:latest
}

deploy_function() {
    local name=$1
    shift
    run gcloud functions deploy "rbm-$name" --gen2 --region="$region" --project="$project" --runtime=python313 \
        --source=functions --entry-point="$name" \
        --set-build-env-vars=GOOGLE_FUNCTION_SOURCE="$name.py",SOURCE_DATE_EPOCH=315532800 \
        --build-service-account="projects/$project/serviceAccounts/$(account build)" \
        --docker-repository="projects/$project/locations/$region/repositories/rbm-functions" \
        --service-account="$(account "$name")" --runtime-update-policy=automatic --trigger-http \
        --no-allow-unauthenticated --cpu=1 --memory=512Mi --concurrency=80 "$@"
}

# Google's RBM platform calls without an identity; the signature is the authentication.
open_webhook() {
    grant_invoker webhook allUsers
}

make_secret() {
    local secret=$1 reader=$2
    ensure gcloud secrets describe "$secret" --project="$project" -- \
        gcloud secrets create "$secret" --project="$project" --replication-policy=user-managed \
        --locations="$region" --version-destroy-ttl=86400s
    run gcloud secrets add-iam-policy-binding "$secret" --project="$project" \
        --member="serviceAccount:$(account "$reader")" --role=roles/secretmanager.secretAccessor
    local add="gcloud secrets versions add $secret --project=$project --data-file=-"
    if ! $dry_run && ! gcloud secrets versions describe latest --secret="$secret" --project="$project" >/dev/null; then
        echo "$reader can't start before its secret has a value. Add it, and run this again: $add" >&2
        exit 1
    fi
}

make_topic() {
    local topic=$1
    shift
    ensure gcloud pubsub topics describe "$topic" --project="$project" -- \
        gcloud pubsub topics create "$topic" --project="$project" \
        --message-storage-policy-allowed-regions="$region" "$@"
}

make_subscription() {
    local subscription=$1
    shift
    ensure gcloud pubsub subscriptions describe "$subscription" --project="$project" -- \
        gcloud pubsub subscriptions create "$subscription" --project="$project" --ack-deadline=60 \
        --expiration-period=never "$@"
}

make_push_subscription() {
    local subscription=$1 topic=$2 function=$3 endpoint
    endpoint=$(uri "$function")
    grant_invoker "$function" "serviceAccount:$(account push)"
    make_subscription "$subscription" --topic="$topic" --message-retention-duration=7d \
        --push-endpoint="$endpoint" --push-auth-service-account="$(account push)" \
        --push-auth-token-audience="$endpoint" --min-retry-delay=10s --max-retry-delay=600s \
        --dead-letter-topic=rbm-dead-letters --max-delivery-attempts=10
    # Without it what fails again and again is silently not moved to the dead letters.
    run gcloud pubsub subscriptions add-iam-policy-binding "$subscription" --project="$project" \
        --member="$pubsub_agent" --role=roles/pubsub.subscriber
}

# Some things nobody tells: that a deadline has passed, that a request never came, or that Pub/Sub is back. So
# somebody has to look.
make_job() {
    local name=$1 function=$2 endpoint
    endpoint=$(uri "$function")
    grant_invoker "$function" "serviceAccount:$(account scheduler)"
    ensure gcloud scheduler jobs describe "rbm-$name" --location="$region" --project="$project" -- \
        gcloud scheduler jobs create http "rbm-$name" --location="$region" --project="$project" \
        --schedule='* * * * *' --time-zone=Etc/UTC --uri="$endpoint/$name" --http-method=post \
        --oidc-service-account-email="$(account scheduler)" --oidc-token-audience="$endpoint" \
        --attempt-deadline=60s --max-retry-attempts=1 --min-backoff=10s
}

grant_on_topic() {
    run gcloud pubsub topics add-iam-policy-binding "$1" --project="$project" --member="$2" \
        --role=roles/pubsub.publisher
}

grant_invoker() {
    run gcloud run services add-iam-policy-binding "rbm-$1" --region="$region" --project="$project" \
        --member="$2" --role=roles/run.invoker
}

grant_on_project() {
    run gcloud projects add-iam-policy-binding "$project" --member="$1" --role="$2" --condition="$3"
}

account() {
    echo "rbm-$1@$project.iam.gserviceaccount.com"
}

# Only the cloud knows the next two.
project_number() {
    if $dry_run; then echo PROJECT_NUMBER; else gcloud projects describe "$project" --format='value(projectNumber)'; fi
}

uri() {
    if $dry_run; then
        echo "https://URI_OF_$1"
    else
        gcloud run services describe "rbm-$1" --region="$region" --project="$project" --format='value(status.url)'
    fi
}

# ensure DESCRIBE… -- CREATE…
ensure() {
    local describe=()
    while [ "$1" != -- ]; do
        describe+=("$1")
        shift
    done
    shift
    if $dry_run || ! "${describe[@]}" >/dev/null 2>&1; then run "$@"; fi
}

run() {
    if $dry_run; then
        printf '%q ' "$@"
        echo
    else
        echo "+ $*" >&2
        "$@" >/dev/null
    fi
}

say() {
    $dry_run || echo "$1"
}

main "$@"

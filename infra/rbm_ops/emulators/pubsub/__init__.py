"""Pub/Sub, embedded: what google.pubsub.v1.Publisher and Subscriber promise in production, in one process.

In: the unmodified Google clients, over gRPC. Out: pull, streaming pull, and HTTP push.

    publisher ─▶ Resources ─▶ Backlog (one per subscription) ─▶ subscriber (pull, streaming pull)
                                 ▲      lease, back-off       └▶ Pusher (HTTP)
                              storage (with --data)

Kept: at least once, ack deadlines, retry and dead-letter policies, ordering keys, filters, the limits.
Left out: seek, snapshots, schemas, retention and expiry by time, slow start of push, authenticated push.
"""

"""The embedded Firestore: `google.firestore.v1` for unmodified clients, in one process, on disk if asked.

Layers, each importing only what stands above it:

    errors  messages  paths        refusals, protobuf classes, names of documents and fields
    values  fields  limits         order and equality, access by field path, what a document may hold
    clock  transforms  writes      one write to one document
    store                          the documents, their indexes, SQLite
    filters  orders  queries       which documents, in which order
    transactions                   optimistic: what was read is compared at commit
    reading  listing  writing      the calls
    billing                        what each call costs
    service                        the gRPC surface

Facts: googleapis `google/firestore/v1/*.proto` and cloud.google.com/firestore/quotas, read 2026-11; where
they are silent, what Google's emulator 1.19.9 answers.
"""

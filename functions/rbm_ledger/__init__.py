"""rbm-ledger: one Firestore document for every RCS message sent, holding all that ever happened to it.

entry points (webhook.py, correlate.py, send.py)
    └─▶ usecases, adapters, config, logs
            └─▶ domain ─▶ standard library
"""

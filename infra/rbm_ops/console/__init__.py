"""The page that a developer keeps open: phone, ledger, wire and composer of a local cloud.

Served from the process of `rbm up`, on loopback. What users and other services say is untrusted: it leaves
here as JSON only, and the page runs no script but its own.
"""

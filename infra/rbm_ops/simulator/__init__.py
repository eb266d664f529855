"""Google's RBM platform on this machine, in both directions: its REST API, and the callbacks to our webhook.

Wire-true to what Google documents; where the documentation is silent, the module says what was assumed.
"""

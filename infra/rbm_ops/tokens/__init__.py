"""The client tokens of the webhooks: which one verified what, add one, retire one."""

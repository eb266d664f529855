"""The schemas of what others send and are told: `python -m rbm_ops.schemas` writes those that are derived."""

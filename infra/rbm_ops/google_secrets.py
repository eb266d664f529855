"""The value of a secret, as whoever runs this may read it."""

import base64
import binascii

from rbm_ops.google_apis import GoogleApis, Refused


def read_secret(apis: GoogleApis, path: str, version: str = "latest") -> str:
    """Of `projects/P/secrets/NAME`; raises Refused."""
    found = apis.get("secrets", f"{path}/versions/{version}:access")
    try:
        return base64.b64decode(found["payload"]["data"]).decode()
    except (KeyError, TypeError, binascii.Error, UnicodeDecodeError):
        raise Refused(0, "the value of the secret is no text") from None

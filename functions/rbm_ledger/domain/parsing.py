"""Bytes that other services publish or POST → a request, or every reason why they are none."""

from rbm_ledger.domain.bulk import BulkRequest, read_bulk
from rbm_ledger.domain.errors import Fault, NotJson
from rbm_ledger.domain.json_bytes import decode_object
from rbm_ledger.domain.requests import InvalidRequest, Origin, SendRequest, read_request


def is_only_validated(data: bytes) -> bool:
    """Whether these bytes, sound or not, ask that nothing be sent or written for them."""
    try:
        return decode_object(data).get("validateOnly") is True
    except NotJson:
        return False


def parse_request(data: bytes, origin: Origin) -> SendRequest | BulkRequest:
    """The request that these bytes are; raises InvalidRequest with every fault."""
    try:
        fields = decode_object(data)
    except NotJson as error:
        raise InvalidRequest((Fault("", str(error)),), None) from None
    if "recipients" in fields:
        return read_bulk(fields, origin)
    return read_request(fields, origin)

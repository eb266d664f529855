"""How a call is refused: a gRPC status and a text."""

import grpc


class CallRefused(Exception):
    """The call ends with this status; the text tells the caller why."""

    def __init__(self, status: grpc.StatusCode, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def invalid_argument(text: str) -> CallRefused:
    return CallRefused(grpc.StatusCode.INVALID_ARGUMENT, text)


def not_implemented(what: str) -> CallRefused:
    return CallRefused(grpc.StatusCode.UNIMPLEMENTED, f"The embedded emulator does not know {what}.")

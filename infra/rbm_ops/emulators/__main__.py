"""`python -m rbm_ops.emulators --pubsub-port N --firestore-port N [--data DIR]`: both, in one process."""

import argparse
import asyncio
import signal
from pathlib import Path

import grpc

from rbm_ops.emulators.firestore.service import FirestoreEmulator
from rbm_ops.emulators.meter import Meter
from rbm_ops.emulators.meter_service import meter_table
from rbm_ops.emulators.pubsub.service import PubSubEmulator
from rbm_ops.emulators.rpc import Metered
from rbm_ops.flags import parse_port

# Google's own limits would refuse what production accepts: messages of 10 MB and batches of them.
_OPTIONS = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)]


def main() -> None:
    arguments = _parse_arguments()
    asyncio.run(_serve(arguments.pubsub_port, arguments.firestore_port, arguments.data))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rbm_ops.emulators", description=__doc__)
    parser.add_argument("--pubsub-port", type=parse_port, required=True)
    parser.add_argument("--firestore-port", type=parse_port, required=True)
    parser.add_argument("--data", type=Path, help="keep everything in this folder")
    return parser.parse_args()


async def _serve(pubsub_port: int, firestore_port: int, folder: Path | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    meter = Meter()
    pubsub, firestore = PubSubEmulator(folder, meter), FirestoreEmulator(folder, meter)
    servers = [
        await _start(pubsub_port, pubsub.handlers(), meter),
        await _start(firestore_port, firestore.handlers(), meter),
    ]
    await pubsub.start()
    await stop.wait()
    await pubsub.stop()
    for server in servers:
        await server.stop(grace=0.2)
    pubsub.close()
    firestore.close()


async def _start(port: int, handlers: list[grpc.GenericRpcHandler], meter: Meter) -> grpc.aio.Server:
    server = grpc.aio.server(options=_OPTIONS)
    metered = [Metered(handler, meter) for handler in handlers]
    server.add_generic_rpc_handlers([*metered, meter_table(meter)])
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    return server


if __name__ == "__main__":
    main()

"""What the whole system tells other services, as they would hear it."""

import grpc
from google.pubsub_v1 import SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from tests.functions.entrypoints.cloud import subscribe
from tests.support.local_cloud import Rbm, find_port_row
from tests.support.schemas import is_update

from rbm_ops.demo.scenarios import SCENARIOS
from rbm_ops.local.addresses import PROJECT
from rbm_ops.local.topology import UPDATES


def test_every_update_of_the_demo_keeps_to_its_schema(rbm: Rbm) -> None:
    """Draining checks each of them."""
    with rbm.started("up", "--port-base", find_port_row()):
        rbm.wait_until_ready()
        with grpc.insecure_channel(str(rbm.running()["pubsub"])) as channel:
            subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
            with subscribe(subscriber, PROJECT, UPDATES) as updates:
                rbm.run("demo")
                told = updates.drain()
    assert len(told) > len(SCENARIOS)
    assert all(is_update(message.attributes) for message in told)

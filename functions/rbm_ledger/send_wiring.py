"""What `send` builds from its settings: the use cases, and the adapters that they share."""

import time
import uuid
from dataclasses import dataclass

from rbm_ledger import entry
from rbm_ledger.adapters.bearer_tokens import BearerTokens, LoopbackTokens
from rbm_ledger.adapters.connections import make_pool
from rbm_ledger.adapters.rbm_api import HttpRbmApi
from rbm_ledger.config import SendSettings
from rbm_ledger.domain.policies import AgentPolicies
from rbm_ledger.usecases.agents import AgentRecords
from rbm_ledger.usecases.asking import AskPlatform
from rbm_ledger.usecases.consent import ConsentGuard
from rbm_ledger.usecases.pacing import Pacer
from rbm_ledger.usecases.ports import RbmApi
from rbm_ledger.usecases.recording import Recorder
from rbm_ledger.usecases.revoke import RevokeMessage
from rbm_ledger.usecases.send import SendMessage
from rbm_ledger.usecases.splitting import SplitRequest
from rbm_ledger.usecases.sweep import Sweep
from rbm_ledger.usecases.taking import TakeRequest
from rbm_ledger.wiring import make_publisher, make_recorder

# A sweep is called each minute, and the function's own time limit is 55 s.
_SWEEP_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class SendUseCases:
    take_request: TakeRequest
    sweep: Sweep


def make_use_cases(settings: SendSettings) -> SendUseCases:
    recorder = make_recorder(settings.ledger)
    api = _make_api(settings)
    take_request = TakeRequest(
        policies=settings.agents,
        recorder=recorder,
        send_message=_make_send_message(api, recorder),
        revoke_message=RevokeMessage(api, recorder),
        ask_platform=AskPlatform(api, recorder, settings.capability_max_age),
        split_request=SplitRequest(make_publisher(settings.ledger, settings.send_requests_topic)),
    )
    return SendUseCases(take_request, Sweep(recorder, api, time.monotonic, _SWEEP_SECONDS))


def _make_send_message(api: RbmApi, recorder: Recorder) -> SendMessage:
    return SendMessage(
        api=api,
        recorder=recorder,
        agents=AgentRecords(recorder.ledger, monotonic=time.monotonic),
        consent=ConsentGuard(recorder),
        pacer=Pacer(
            recorder.ledger, clock=entry.utc_now, monotonic=time.monotonic, instance_id=str(uuid.uuid4())
        ),
    )


def _make_api(settings: SendSettings) -> HttpRbmApi:
    return HttpRbmApi(
        settings.rbm_api_endpoint,
        endpoint_of=lambda agent_id: _find_endpoint(settings.agents, agent_id),
        tokens=_make_bearer_tokens(settings),
        pool=make_pool(settings.rbm_timeout_seconds),
        timeout_seconds=settings.rbm_timeout_seconds,
        clock=entry.utc_now,
    )


def _find_endpoint(agents: AgentPolicies, agent_id: str) -> str:
    policy = agents.find(agent_id)
    return policy.endpoint if policy else ""


def _make_bearer_tokens(settings: SendSettings) -> BearerTokens:
    if settings.is_loopback and settings.rbm_credentials_file is None:
        return LoopbackTokens()
    from rbm_ledger.adapters.google_tokens import GoogleTokens  # and with it cryptography, unless it is there

    return GoogleTokens(
        settings.rbm_credentials_file,
        make_pool(settings.rbm_timeout_seconds),
        timeout_seconds=settings.rbm_timeout_seconds,
    )

"""What a method notes on its request for the log of calls; what is not known (yet) is not there."""

from aiohttp import web

from rbm_ops.simulator.resources import AgentResource, JsonObject

RPC = web.RequestKey("rpc", str)
AGENT_ID = web.RequestKey("agent_id", str)
PHONE_NUMBER = web.RequestKey("phone_number", str)
RESOURCE = web.RequestKey("resource", AgentResource)
BODY: web.RequestKey[JsonObject] = web.RequestKey("body", dict)

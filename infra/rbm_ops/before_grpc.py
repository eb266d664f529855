"""To be imported before anything that imports gRPC, which reads its environment once.

Children are started by fork and exec: gRPC need not prepare for a fork that goes on, and its preparations
end a child that is started while calls are under way.
"""

import os

os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")

"""The process of a guest: `python -m orchestrator.plugin_host FD CONFIG`."""

from __future__ import annotations

import sys

import msgspec

from orchestrator.plugin_host.serve import serve
from orchestrator.plugin_host.wire import Config

if __name__ == "__main__":
    serve(int(sys.argv[1]), msgspec.json.decode(sys.argv[2].encode(), type=Config))

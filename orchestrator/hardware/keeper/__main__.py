"""`python -m orchestrator.hardware.keeper CONFIG`: the configuration is JSON, given as the
argument."""

from __future__ import annotations

import sys

import msgspec

from orchestrator.hardware.keeper.config import KeeperConfig
from orchestrator.hardware.keeper.process import main

if __name__ == "__main__":
    config = msgspec.json.decode(sys.argv[1].encode(), type=KeeperConfig)
    sys.exit(main(config, started_by_worker=True))

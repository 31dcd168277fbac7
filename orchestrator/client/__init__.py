"""A leader from a notebook or a script: submit, steer, and have data as columns.

    from orchestrator.client import Leader

    leader = Leader("http://127.0.0.1:8420")
    experiment = leader.submit("profiles/growth-curve.yaml")
    experiment.wait()
    experiment.readings("od600").to_pandas()

It needs nothing but Python; `to_pandas` and `to_arrow` need these libraries.
"""

from orchestrator.client.columns import Columns, Missing
from orchestrator.client.experiment import Experiment, NotYet
from orchestrator.client.http import ClientError, Refused, Unreachable
from orchestrator.client.leader import Leader

__all__ = [
    "ClientError",
    "Columns",
    "Experiment",
    "Leader",
    "Missing",
    "NotYet",
    "Refused",
    "Unreachable",
]

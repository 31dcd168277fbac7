"""How much to take out before something is put in, so that a vessel never runs over."""

from __future__ import annotations

from orchestrator.jobs.job import Account, Exchange
from orchestrator.jobs.levelling import levelling_ml


def exchange(
    account: Account, add_ml: float, *, medium: str, key: str | None = None, cause: str = ""
) -> Exchange:
    """Return an exchange that adds so much and ends at the nominal volume, or below it.

    After a sample less is taken out, which tops the vessel up. After a dose of unknown outcome at
    least as much is taken out as will be added, whatever the books say (SEMANTICS rule 3). Where
    the waste tube is known, more is pumped now and then, until only air can come.
    """
    remove_ml = account.volume_ml + add_ml - account.nominal_ml
    if account.unknown_doses > 0:
        remove_ml = max(remove_ml, add_ml)
    levelling = levelling_ml(account)
    if levelling > remove_ml:
        remove_ml, cause = levelling, f"{cause}; levelled by the waste tube"
    return Exchange(
        remove_ml=min(max(remove_ml, 0.0), account.volume_ml),
        add_ml=add_ml,
        medium=medium,
        key=key,
        cause=cause,
    )

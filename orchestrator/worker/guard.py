"""Limits below every job, rule, script and manual command (SEMANTICS rule 13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from orchestrator.execution.allowed import SETPOINT_LIMITS, limit_against, why_not_set
from orchestrator.execution.decision import Moment
from orchestrator.jobs.job import Exchange
from orchestrator.worker.account import WASTE, Fluids

HEATER = "heater"
TEMPERATURE, LEVEL = "temperature.measured", "level.measured"
COOLED_C = 0.2
"""So far below the maximum heating is allowed again."""
ROUNDING_ML = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why not."""

    limit: str
    reason: str


class Guard:
    """The limits of one vessel, and whether it is too hot now."""

    def __init__(self, limits: Mapping[str, float], capacity_ml: float) -> None:
        self._capacity_ml = capacity_ml
        self.stopped = False
        """By an emergency stop: nothing moves, whoever asks."""
        self.too_hot = False
        """The heater stays off, whatever is commanded."""
        self.too_full = ""
        """Why nothing may be let in, since a level sensor shows more than there should be."""
        self.why_off: Callable[[str], str] = _free
        """Why an interlock does not let an output or pump be on."""
        self.keep_to(limits)

    def keep_to(self, limits: Mapping[str, float]) -> None:
        """From now on these limits."""
        capacity_ml = self._capacity_ml
        self._limits = limits
        self._vessel_ml = min(limits.get("dosing.vessel_maximum", capacity_ml), capacity_ml)
        self._hot_c = limits.get("temperature.maximum", float("inf"))
        self._guarded: dict[str, tuple[str, ...]] = {}
        for name, bounds in SETPOINT_LIMITS.items():
            if any(limit in limits for limit in bounds):
                job, _, setting = name.partition(".")
                self._guarded[job] = (*self._guarded.get(job, ()), setting)

    # ---- liquid

    def refuse_exchange(self, exchange: Exchange, fluids: Fluids, now: Moment) -> Refusal | None:
        """Why this exchange may not begin; None if it may."""
        if self.stopped:
            reason = "an emergency stop holds it until it is released and resumed"
            return Refusal(limit="emergency_stop", reason=reason)
        return (
            self._over("hour", exchange, fluids.of_hour_ml, now)
            or self._over("day", exchange, fluids.of_day_ml, now)
            or self._over_the_brim(exchange, fluids)
            or self._too_full(exchange)
            or _bottle_empty(exchange, fluids)
            or _waste_full(exchange, fluids)
            or self._interlocked(exchange)
        )

    def _interlocked(self, exchange: Exchange) -> Refusal | None:
        """No part of an exchange begins whose other part could not follow."""
        for medium, volume_ml in ((WASTE, exchange.remove_ml), (exchange.medium, exchange.add_ml)):
            reason = self.why_off(f"{medium}_pump") if volume_ml > 0.0 else ""
            if reason:
                return Refusal(limit=f"interlock.{medium}_pump", reason=reason)
        return None

    def _over(
        self, while_: str, exchange: Exchange, past: Callable[[Moment], float], now: Moment
    ) -> Refusal | None:
        allowed_ml = self._limits.get(f"dosing.per_{while_}")
        if allowed_ml is None or exchange.add_ml <= 0.0:
            return None
        past_ml = past(now)
        if past_ml + exchange.add_ml <= allowed_ml + ROUNDING_ML:
            return None
        return Refusal(
            limit=f"dosing.per_{while_}",
            reason=f"{exchange.add_ml:g} mL on top of the {past_ml:g} mL of the last {while_} "
            f"would pass the {allowed_ml:g} mL that this profile's limits allow",
        )

    def _over_the_brim(self, exchange: Exchange, fluids: Fluids) -> Refusal | None:
        if exchange.add_ml <= 0.0:
            return None
        peak_ml = fluids.level_after_ml(exchange.remove_ml) + exchange.add_ml
        if peak_ml <= self._vessel_ml + ROUNDING_ML:
            return None
        return Refusal(
            limit="dosing.vessel_maximum",
            reason=f"the vessel would hold {peak_ml:g} mL, and {self._vessel_ml:g} mL is the most",
        )

    def _too_full(self, exchange: Exchange) -> Refusal | None:
        if exchange.add_ml <= 0.0 or not self.too_full:
            return None
        return Refusal(limit="level", reason=self.too_full)

    # ---- setpoints and heat

    def refuse_setting(self, setting: str, value: object) -> Refusal | None:
        """Why a setting may not have this value; None if it may."""
        limit = limit_against(self._limits, setting, value)
        if limit is None:
            return None
        return Refusal(limit=limit, reason=why_not_set(self._limits, setting, value))

    @property
    def guarded_jobs(self) -> tuple[str, ...]:
        """Jobs of which some setting has a limit here."""
        return tuple(self._guarded)

    def guarded_settings(self, job: str) -> tuple[str, ...]:
        """The settings of a job that have a limit here."""
        return self._guarded.get(job, ())

    def minds(self, value: float) -> bool:
        """Whether a measurement of the temperature changes, or may change, what is allowed."""
        return self.too_hot or value > self._hot_c

    def measured_c(self, value: float) -> Refusal | None:
        """Look at a measurement; answers once at the begin of each excursion."""
        if value > self._hot_c and not self.too_hot:
            self.too_hot = True
            return Refusal(
                limit="temperature.maximum",
                reason=f"{value:.2f} °C is above the maximum of {self._hot_c:g} °C: heater off",
            )
        if value < self._hot_c - COOLED_C:
            self.too_hot = False
        return None

    def allowed_duty(self, output: str, duty: float) -> float:
        """The duty that an output may have now."""
        return 0.0 if self.stopped or (output == HEATER and self.too_hot) else duty


def _free(_device: str) -> str:
    """There are no interlocks."""
    return ""


def _bottle_empty(exchange: Exchange, fluids: Fluids) -> Refusal | None:
    left_ml = fluids.left_ml(exchange.medium)
    if exchange.add_ml <= 0.0 or left_ml is None or left_ml + ROUNDING_ML >= exchange.add_ml:
        return None
    return Refusal(
        limit=f"bottle.{exchange.medium}",
        reason=f"the {exchange.medium} bottle holds {max(left_ml, 0.0):g} mL by account, "
        f"{exchange.add_ml:g} mL were asked for",
    )


def _waste_full(exchange: Exchange, fluids: Fluids) -> Refusal | None:
    room_ml, coming_ml = fluids.left_ml(WASTE), fluids.liquid_ml(exchange.remove_ml)
    if coming_ml <= 0.0 or room_ml is None or room_ml + ROUNDING_ML >= coming_ml:
        return None
    return Refusal(
        limit="bottle.waste",
        reason=f"the waste bottle has room for {max(room_ml, 0.0):g} mL by account, "
        f"{coming_ml:g} mL would come",
    )

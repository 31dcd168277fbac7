"""The rules of the language beyond its grammar: one file each, all judged in one pass."""

from collections.abc import Callable, Iterator
from itertools import islice

from orchestrator.documents.diagnostic import PROBLEMS_MAX, Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.rules import (
    after_end,
    after_phase,
    cron_invalid,
    cron_lint,
    dose_too_large,
    dosing_too_fast,
    double_set,
    driver_needs,
    duplicate_name,
    endless_hold,
    endless_loop,
    endless_phase,
    foreign_signal,
    input_range,
    job_needs,
    leaving_twice,
    limit_exceeded,
    misnamed_pump,
    missing_setting,
    missing_timezone,
    mixed_bench,
    mixed_kinds,
    never_fires,
    never_true,
    not_editable,
    not_fixed,
    open_barrier,
    out_of_range,
    phase_loop,
    pin_taken,
    reserved_name,
    rule_loop,
    shape_order,
    shape_reads,
    signal_without_job,
    skipped_phase,
    tube_above_brim,
    unknown_automation,
    unknown_chart,
    unknown_device,
    unknown_driver,
    unknown_input,
    unknown_job,
    unknown_limit,
    unknown_medium,
    unknown_phase,
    unknown_question,
    unknown_setting,
    unknown_signal,
    unknown_timezone,
    unknown_vessel,
    unreachable_phase,
    unused_input,
    wrong_amount,
    wrong_direction,
    wrong_unit,
)

Rule = Callable[[Draft], Iterator[Diagnostic]]

RULES: tuple[Rule, ...] = (
    after_end.check,
    after_phase.check,
    cron_invalid.check,
    cron_lint.check,
    dose_too_large.check,
    dosing_too_fast.check,
    double_set.check,
    duplicate_name.check,
    endless_hold.check,
    endless_loop.check,
    endless_phase.check,
    foreign_signal.check,
    input_range.check,
    job_needs.check,
    leaving_twice.check,
    limit_exceeded.check,
    missing_setting.check,
    missing_timezone.check,
    mixed_kinds.check,
    never_fires.check,
    never_true.check,
    not_editable.check,
    not_fixed.check,
    open_barrier.check,
    out_of_range.check,
    phase_loop.check,
    reserved_name.check,
    rule_loop.check,
    shape_order.check,
    shape_reads.check,
    signal_without_job.check,
    skipped_phase.check,
    unknown_automation.check,
    unknown_chart.check,
    unknown_device.check,
    unknown_input.check,
    unknown_job.check,
    unknown_limit.check,
    unknown_medium.check,
    unknown_phase.check,
    unknown_question.check,
    unknown_setting.check,
    unknown_signal.check,
    unknown_timezone.check,
    unknown_vessel.check,
    unreachable_phase.check,
    unused_input.check,
    wrong_amount.check,
    wrong_unit.check,
)
"""Of profiles."""

LOCAL_RULES: tuple[Rule, ...] = (
    cron_invalid.check,
    cron_lint.check,
    duplicate_name.check,
    mixed_kinds.check,
    wrong_amount.check,
    wrong_unit.check,
)
"""Those that look at one place only, and so can judge a document of which a part is missing."""

HARDWARE_RULES: tuple[Rule, ...] = (
    driver_needs.check,
    misnamed_pump.check,
    mixed_bench.check,
    pin_taken.check,
    tube_above_brim.check,
    unknown_driver.check,
    wrong_amount.check,
    wrong_direction.check,
    wrong_unit.check,
)
"""Of hardware documents."""


def judge(draft: Draft, rules: tuple[Rule, ...] = RULES) -> list[Diagnostic]:
    """Let every rule look at a draft; none says more than can be told."""
    most = PROBLEMS_MAX + 1
    return [diagnostic for rule in rules for diagnostic in islice(rule(draft), most)]

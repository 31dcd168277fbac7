"""Entry of the `axenic` command: finds the subcommand and imports only that."""

from __future__ import annotations

import sys

COMMANDS: dict[str, tuple[str, str]] = {
    # What a person types, in the order in which they will.
    "check": ("check:check", "Validate profiles and other documents."),
    "fmt": ("fmt:fmt", "Lay documents out in the house's style."),
    "plan": ("plan:plan", "Show the timetable that a profile compiles to."),
    "simulate": ("simulate:simulate", "Rehearse a profile on a simulated culture."),
    "demo": ("up:demo", "Run the example on three simulated workers, faster than life."),
    "up": ("up:up", "Start leader, broker and simulated workers together."),
    "submit": ("experiments:submit", "Submit a profile to the leader."),
    "experiments": ("experiments:experiments", "List experiments."),
    "queue": ("queue:queue", "List what waits and why; move, hold, release, edit and copy it."),
    "pause": ("experiments:pause", "Pause an experiment."),
    "resume": ("experiments:resume", "Resume a paused experiment."),
    "stop": ("stop:stop", "Emergency stop: turn everything off now."),
    "release": ("stop:release", "End an emergency stop."),
    "cancel": ("experiments:cancel", "Cancel an experiment."),
    "finish": ("experiments:finish", "End an experiment as completed, now."),
    "jobs": ("hand_tables:jobs", "List the jobs that run, with settings and values."),
    "run": ("by_hand:run", "Let a job run by hand."),
    "set": ("by_hand:set_", "Hold a setting by hand."),
    "unset": ("by_hand:unset", "Give a setting or job back to the plan."),
    "off": ("by_hand:off", "Turn one job off by hand."),
    "hold": ("by_hand:hold", "Hold a job while you work at the vessel."),
    "dose": ("by_hand:dose", "Add liquid by hand."),
    "dilute": ("by_hand:dilute", "Take liquid out and add as much."),
    "circulate": ("by_hand:circulate", "Exchange liquid for a while."),
    "sample": ("by_hand:sample", "Say that you took a sample."),
    "blank": ("by_hand:blank", "Take the blank of the optical density."),
    "snapshot": ("by_hand:snapshot", "Take a picture now."),
    "media": ("hand_tables:media", "List bottles with a forecast; record a changed one."),
    "apply": ("apply:apply", "Let a running experiment go on by another profile."),
    "rollback": ("apply:rollback", "Let it go on by an earlier revision."),
    "press": ("experiments:press", "Press a button that rules of an experiment start on."),
    "answer": ("experiments:answer", "Answer a question that an experiment asks."),
    "alerts": ("alerts:alerts", "List alerts; acknowledge, resolve and silence them."),
    "resolve": ("resolve:resolve", "Say what moved in a dose of which nobody saw the end."),
    "events": ("experiments:events", "Follow the event log."),
    "logs": ("hand_tables:logs", "Print what workers logged."),
    "trace": ("trace:trace", "Tell why an experiment did what it did, and why it did not."),
    "profiles": ("profiles:profiles", "The leader's library: list, save, compare, restore, pull."),
    "note": ("remarks:note", "Write a note about an experiment, or list what was written."),
    "audit": ("remarks:audit", "List who did what, when and from where."),
    "export": ("export:export", "Write an experiment's data to files."),
    "statistics": (
        "statistics:statistics",
        "Count what became of attempts: success, lengths against estimates.",
    ),
    "maintenance": (
        "maintenance:maintenance",
        "Show how backups and checks of the store fare; run them now.",
    ),
    "backup": ("backup:backup", "Copy the leader's store, while it is in use."),
    "restore": ("backup:restore", "Put a backup in the store's place."),
    "integrity": ("backup:integrity", "Check that the store, or a backup, is whole."),
    "workers": ("experiments:workers", "List workers and what they are doing."),
    "machines": (
        "machines:machines",
        "List machines, clocks and rights; reboot, shut down, restart, update.",
    ),
    "software": ("machines:software", "List versions of Axenic and plugins, worker by worker."),
    "config": ("config:config", "The cluster document of the leader: read, save, restore."),
    "calibrate": ("calibrate:calibrate", "Compare devices with scales, standards and the like."),
    "doctor": ("doctor.command:doctor", "Look at this machine: pins, buses, clock, rights."),
    "self-test": ("self_test:self_test", "Let reactors try their own devices."),
    "new": ("new:new", "Begin a profile from a template, by questions."),
    "import": (
        "import_pioreactor:import_",
        "Turn other programs' profiles into ours; read bundles.",
    ),
    "schema": ("schema:schema", "Print the JSON Schema of profiles, for editors."),
    "lsp": ("lsp.command:lsp", "Help an editor while somebody types (Language Server Protocol)."),
    "plugins": ("plugins:plugins", "List, begin, install and remove plugins."),
    "leader": ("services.leader:leader", "Run the leader: plans, records, serves the dashboard."),
    "worker": ("services.worker:worker", "Run a worker: owns the hardware of its reactors."),
    "keeper": (
        "services.devices:keeper",
        "Run a keeper: owns outputs that can overflow or overheat.",
    ),
    "bench": ("services.devices:bench", "Run a simulated reactor in a process of its own."),
    "broker": ("services.broker:broker", "Run the embedded MQTT broker on loopback."),
}
"""name → (module below `orchestrator.cli` and its Click command, one line of help)."""


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] == ["--version"]:  # nothing else is worth importing for this
        from orchestrator import __version__

        print(f"axenic {__version__}")
        return
    if sys.argv[1:2] == ["check"]:
        from orchestrator.cli.check_documents import check_plainly, is_plain

        if is_plain(sys.argv[2:]):  # Click takes 20 ms to import
            sys.exit(check_plainly(sys.argv[2:]))
    from orchestrator.cli.group import build

    build(COMMANDS)(prog_name="axenic")

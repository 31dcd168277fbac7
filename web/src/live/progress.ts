// How far maintenance is, as the stream of events tells it.
import type { Event, MaintenanceRun } from "../api/types.js";

interface Told {
  id: number;
  state: MaintenanceRun["state"];
  steps: { name: string; state: MaintenanceRun["steps"][number]["state"]; text: string; share: number | null }[];
}

/** The runs as they are after an event, or null where it tells of one that is not among them. */
export function follow(runs: MaintenanceRun[], event: Event): MaintenanceRun[] | null {
  const told = event.data as unknown as Told;
  const known = runs.find((each) => each.id === told.id);
  if (known === undefined) return null;
  const now: MaintenanceRun = {
    ...known,
    state: told.state,
    ended_wall_s: told.state === "running" ? null : (known.ended_wall_s ?? event.at_wall_s),
    steps: known.steps.map((step) => {
      const said = told.steps.find((each) => each.name === step.name);
      if (said === undefined) return step;
      const share = said.state === "running" ? (said.share ?? step.share ?? 0) : null;
      return { ...step, state: said.state, text: said.text, share };
    }),
  };
  return runs.map((each) => (each === known ? now : each));
}

import type { Alert } from "../api/types.js";

/** Alerts that say the same, but for figures in it: the newest, and the others after it. */
export interface Folded {
  newest: Alert;
  others: Alert[];
}

// A figure that stands by itself: the 2 of unit2 tells which one it is.
const FIGURE = /(?<![\p{L}\p{N}_-])\d+(?:[.,:]\d+)*/gu;

/** One of each kind, where it stood first. */
export function folded(alerts: readonly Alert[]): Folded[] {
  const groups = new Map<string, Alert[]>();
  for (const alert of alerts) {
    const key = kind(alert);
    const same = groups.get(key);
    if (same) same.push(alert);
    else groups.set(key, [alert]);
  }
  return [...groups.values()].map((same) => {
    const [newest, ...others] = same.toSorted((a, b) => b.raised_wall_s - a.raised_wall_s);
    return { newest: newest as Alert, others };
  });
}

function kind(alert: Alert): string {
  const { severity, source, experiment, vessel, worker, reactor, text } = alert;
  const isSilenced = alert.silenced_until_wall_s !== null;
  const said = text.replaceAll(FIGURE, "#");
  return JSON.stringify([severity, source, experiment, vessel, worker, reactor, isSilenced, said]);
}

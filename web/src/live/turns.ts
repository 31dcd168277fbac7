// Where an entry of the queue can go, for whoever asks.
import type { Entry } from "../api/types.js";
import type { Who } from "./who.js";

export type Way = "up" | "down";

/** The entries that change places with this one: of its priority, and of its owner or anybody's. */
export function peersOf(entries: Entry[], one: Entry, { name, role }: Who): Entry[] {
  return entries.filter(
    ({ experiment }) =>
      experiment.priority === one.experiment.priority &&
      (role === "administrator" || experiment.actor === name),
  );
}

/** Before which one it is to stand after a step, `last`, or null where it can go no further. */
export function stepTo(entries: Entry[], one: Entry, way: Way, by: Who): string | null {
  const peers = peersOf(entries, one, by);
  const at = peers.indexOf(one);
  if (at < 0) return null;
  if (way === "up") return peers[at - 1]?.experiment.id ?? null;
  if (at + 1 >= peers.length) return null;
  return peers[at + 2]?.experiment.id ?? "last";
}

/** The same for one that was dropped on another: it takes its place. */
export function dropTo(entries: Entry[], one: Entry, on: Entry, by: Who): string | null {
  const peers = peersOf(entries, one, by);
  const [from, to] = [peers.indexOf(one), peers.indexOf(on)];
  if (from < 0 || to < 0 || from === to) return null;
  if (to < from) return on.experiment.id;
  return peers[to + 1]?.experiment.id ?? "last";
}

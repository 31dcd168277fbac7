// The event log.
import { getJson } from "./http.js";
import type { Event, Listing } from "./types.js";

/** The newest events, oldest first. */
export async function newestEvents(experiment: string, limit = 100): Promise<Event[]> {
  return (await getJson<Listing<Event>>("/api/events", { experiment, limit })).items;
}

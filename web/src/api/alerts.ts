// What people should know.
import { getJson, postJson } from "./http.js";
import type { Alert, Listing, Route, Silence, Tried } from "./types.js";

export async function listAlerts(experiment?: string): Promise<Alert[]> {
  return (await getJson<Listing<Alert>>("/api/alerts", { experiment, open: true })).items;
}

/** Open or not, newest first. */
export function listAllAlerts(cursor?: string): Promise<Listing<Alert>> {
  return getJson<Listing<Alert>>("/api/alerts", { limit: 50, cursor });
}

export async function listRoutes(): Promise<Route[]> {
  return (await getJson<Listing<Route>>("/api/alerts/routes")).items;
}

/** Send a test message by one route, and say what became of it. */
export async function tryRoute(route: string): Promise<Tried[]> {
  const path = `/api/alerts/routes/test?${new URLSearchParams({ route })}`;
  return (await postJson<Listing<Tried>>(path)).items;
}

export function acknowledgeAlert(alert: number): Promise<Alert> {
  return postJson(`/api/alerts/${alert}/acknowledge`);
}

/** Let nobody be told of alerts like this one for a while. */
export function silenceLike(alert: Alert, forS: number): Promise<Silence> {
  const { source, experiment, worker } = alert;
  const where = experiment === null ? { place: worker } : { experiment };
  return postJson("/api/silences", { source, ...where, for_s: forS });
}

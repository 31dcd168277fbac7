// What people should know.
import { getJson, postJson } from "./http.js";
import type { Alert, Listing, Silence } from "./types.js";

export async function listAlerts(experiment?: string): Promise<Alert[]> {
  return (await getJson<Listing<Alert>>("/api/alerts", { experiment, open: true })).items;
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

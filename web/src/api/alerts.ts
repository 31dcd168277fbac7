// What people should know.
import { getJson, postJson } from "./http.js";
import type { Alert, Listing } from "./types.js";

export async function listAlerts(experiment?: string): Promise<Alert[]> {
  return (await getJson<Listing<Alert>>("/api/alerts", { experiment, open: true })).items;
}

export function acknowledgeAlert(alert: number): Promise<Alert> {
  return postJson(`/api/alerts/${alert}/acknowledge`);
}

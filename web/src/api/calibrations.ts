// /api/calibrations: what devices were compared with; sessions in which they are.
import { getAll, getJson, postJson } from "./http.js";
import type {
  Calibration,
  CalibrationSession,
  CommandOutcome,
  Comparable,
  Listing,
  NewComparison,
  SessionRecord,
  Shown,
} from "./types.js";

export interface Compared {
  devices: Comparable[];
  calibrations: Calibration[];
  sessions: CalibrationSession[];
}

/** All of it, as workers said last. */
export async function getCompared(): Promise<Compared> {
  const [devices, calibrations, sessions] = await Promise.all([
    getJson<Listing<Comparable>>("/api/calibrations/devices"),
    getAll<Calibration>("/api/calibrations"),
    getJson<Listing<CalibrationSession>>("/api/calibrations/sessions"),
  ]);
  return { devices: devices.items, calibrations, sessions: sessions.items };
}

/** What a worker made of it; a refusal is an error with its reason. */
export async function calibrate(
  worker: string,
  wish: NewComparison,
): Promise<{ session?: SessionRecord; name?: string }> {
  return done(await postJson<CommandOutcome>(`${pathOf(worker)}/calibrate`, wish));
}

export async function importCalibration(
  worker: string,
  reactor: string,
  text: string,
  activate: boolean,
): Promise<{ name?: string }> {
  return done(await postJson<CommandOutcome>(`${pathOf(worker)}/calibrations`, { text, reactor, activate }));
}

/** What the sensor of a session shows now. */
export function getShown(worker: string, session: string): Promise<Shown> {
  return getJson(`${pathOf(worker)}/calibrate/${encodeURIComponent(session)}/shown`);
}

/** Where its document is read. */
export function documentOf({ worker, reactor, device, name }: Calibration): string {
  return `/api/calibrations/document?${new URLSearchParams({ worker, reactor, device, name })}`;
}

function done({ outcome, reason, result }: CommandOutcome): Record<string, never> {
  if (outcome !== "done") throw new Error(reason || outcome);
  return result as Record<string, never>;
}

function pathOf(worker: string): string {
  return `/api/workers/${encodeURIComponent(worker)}`;
}

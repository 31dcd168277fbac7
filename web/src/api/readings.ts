// What was measured: curves and newest values.
import { pathOf } from "./experiments.js";
import { getJson } from "./http.js";
import type { Curve, Latest, Listing } from "./types.js";

/** Never more than this is asked for or drawn of one curve. */
export const POINTS_MAX = 1000;

export interface CurvesWanted extends Record<string, string[] | string | number | undefined> {
  signal: string[];
  from_s?: number;
  points?: number;
  clock?: "process" | "wall";
}

export async function getCurves(experiment: string, wanted: CurvesWanted): Promise<Curve[]> {
  const query = { points: POINTS_MAX, ...wanted };
  return (await getJson<Listing<Curve>>(`${pathOf(experiment)}/curves`, query)).items;
}

export async function getLatest(experiment: string): Promise<Latest[]> {
  return (await getJson<Listing<Latest>>(`${pathOf(experiment)}/latest`)).items;
}

// How a chart's axes are divided and written.
import type uPlot from "uplot";
import { elapsed } from "../show/time.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Steps of elapsed time that people count in. */
export const ELAPSED_STEPS_S = [
  1, 5, 10, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR,
  2 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY, 30 * DAY,
];

export function elapsedLabels(_: uPlot, splits: number[]): string[] {
  return splits.map(elapsed);
}

/** Times of day; at midnight the day instead. */
export function wallLabels(_: uPlot, splits: number[]): string[] {
  return splits.map((wallS) => {
    const at = new Date(wallS * 1000);
    const isMidnight = at.getHours() === 0 && at.getMinutes() === 0;
    const options: Intl.DateTimeFormatOptions = isMidnight
      ? { weekday: "short", day: "numeric" }
      : { hour: "2-digit", minute: "2-digit", hour12: false };
    return new Intl.DateTimeFormat("en-GB", options).format(at);
  });
}

/** A range that shows the data with some air, and does not blow up noise. */
export function yRange(
  low: number | null,
  high: number | null,
  minimum: number | null = null,
  maximum: number | null = null,
): [number, number] {
  if (low === null || high === null) return [minimum ?? 0, maximum ?? (minimum ?? 0) + 1];
  const least = Math.max(Math.abs(low), Math.abs(high)) * 0.12 || 0.1;
  const missing = Math.max(0, least - (high - low)) / 2;
  const air = Math.max(high - low, least) * 0.08;
  const bottom = low - missing - air;
  const top = high + missing + air;
  return [
    minimum === null ? bottom : Math.min(minimum, low),
    maximum === null ? top : Math.max(maximum, high),
  ];
}

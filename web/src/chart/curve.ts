// One signal of one vessel: what was fetched, and what came live since then.
import type { Curve } from "../api/types.js";

export class CurveBuffer {
  at: number[] = [];
  mean: number[] = [];
  minimum: number[] = [];
  maximum: number[] = [];
  /** Whether a point stands for many readings. */
  isDecimated = false;
  /** How many came live since it was fetched. */
  live = 0;

  get length(): number {
    return this.at.length;
  }

  /** Take a fetched curve; live values that are younger than its end stay. */
  load(curve: Curve | undefined): void {
    const { at, mean, minimum, maximum } = this;
    this.isDecimated = (curve?.resolution_s ?? 0) > 0;
    this.live = 0;
    this.at = curve?.at_s.slice() ?? [];
    this.mean = curve?.mean.slice() ?? [];
    this.minimum = curve?.minimum.slice() ?? [];
    this.maximum = curve?.maximum.slice() ?? [];
    const end = (this.at.at(-1) ?? -Infinity) + (curve?.resolution_s ?? 0);
    for (let n = firstAfter(at, end); n < at.length; n++) {
      this.push(at[n]!, mean[n]!, minimum[n]!, maximum[n]!);
    }
  }

  /** Add a live value; one that is not younger than the last is known already. */
  append(at: number, value: number): boolean {
    if (at <= (this.at.at(-1) ?? -Infinity)) return false;
    this.push(at, value, value, value);
    this.live += 1;
    return true;
  }

  /** Forget what lies before, but for one point, so that the line comes from the edge. */
  trim(from: number): void {
    const first = firstAfter(this.at, from) - 1;
    if (first <= 0) return;
    for (const column of [this.at, this.mean, this.minimum, this.maximum]) column.splice(0, first);
  }

  /** The value at a moment: of the point that it belongs to. */
  valueAt(at: number): number | null {
    const n = firstAfter(this.at, at) - 1;
    return n < 0 ? null : (this.mean[n] ?? null);
  }

  last(): number | null {
    return this.mean.at(-1) ?? null;
  }

  private push(at: number, mean: number, minimum: number, maximum: number): void {
    this.at.push(at);
    this.mean.push(mean);
    this.minimum.push(minimum);
    this.maximum.push(maximum);
  }
}

/** Index of the first moment that is after another. */
export function firstAfter(sorted: readonly number[], at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

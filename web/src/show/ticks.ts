// Round numbers along an axis.

const STEPS = [1, 2, 2.5, 5, 10];

/** Some `wanted` round values that take in the range. */
export function ticksOf(low: number, high: number, wanted: number): number[] {
  const span = high > low ? high - low : Math.abs(high) || 1;
  const rough = span / Math.max(1, wanted);
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * (STEPS.find((each) => each * decade >= rough) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(Math.max(high, low + span * 0.01) / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, n) => clean((first + n) * step));
}

/** As short as it can be said: `0.25`, `1500`, `2e-4`. */
export function tickText(value: number): string {
  const text = String(Number(value.toPrecision(6)));
  return text.replace("-", "\u2212");
}

function clean(value: number): number {
  return Number(value.toPrecision(12));
}

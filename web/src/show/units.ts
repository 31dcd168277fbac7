// Numbers for people, each with its unit.

const NARROW = "\u202f";
const MINUS = "\u2212";

const DECIMALS: Record<string, number> = {
  "°C": 1,
  rpm: 0,
  mL: 1,
  "mL/min": 2,
  "1/h": 2,
  "/h": 2,
  V: 3,
};

/** `37.0`, or a dash where there is no value. */
export function number(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const text = value.toFixed(decimals);
  return text.replace(/^-(?=0(\.0*)?$)/, "").replace("-", MINUS);
}

/** A value as its unit is usually written. */
export function valueOf(value: number | null | undefined, unit: string): string {
  return number(value, DECIMALS[unit] ?? 3);
}

/** `h⁻¹` for `1/h`; the others are what they are. */
export function unitText(unit: string): string {
  return unit === "1/h" || unit === "/h" ? "h⁻¹" : unit;
}

/** `37.0 °C` with a space that does not break. */
export function quantity(value: number | null | undefined, unit: string): string {
  const text = valueOf(value, unit);
  return unit && text !== "–" ? `${text}${NARROW}${unitText(unit)}` : text;
}

/** `OD600`, `Temperature (°C)`. */
export function labelled(label: string, unit: string): string {
  return unit ? `${label} (${unitText(unit)})` : label;
}

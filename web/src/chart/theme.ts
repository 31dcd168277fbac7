// The page's colours, for a canvas that knows no custom properties.

export interface Theme {
  ink: string;
  muted: string;
  grid: string;
  shade: string;
  surface: string;
  vessels: string[];
}

const DARK = "(prefers-color-scheme: dark)";

export function readTheme(element: Element): Theme {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim() || "#888888";
  return {
    ink: colour("--ink"),
    muted: colour("--muted"),
    grid: colour("--line"),
    shade: colour("--sunken"),
    surface: colour("--surface"),
    vessels: Array.from({ length: 8 }, (_, n) => colour(`--vessel-${n + 1}`)),
  };
}

/** Hear when light turns to dark, until the function that this returns is called. */
export function onThemeChange(changed: () => void): () => void {
  const query = matchMedia(DARK);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** A `#rrggbb` colour, so much of it. */
export function faded(colour: string, alpha: number): string {
  return colour + Math.round(alpha * 255).toString(16).padStart(2, "0");
}

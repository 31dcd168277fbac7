// Moments and stretches of time for people.

const DAY_S = 86_400;

/** `3 d 4 h`, `4 h 05 min`, `12 min`, `40 s`: two words at most. */
export function stretch(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  const whole = Math.max(0, Math.round(seconds));
  const days = Math.floor(whole / DAY_S);
  const hours = Math.floor((whole % DAY_S) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${pad(minutes)} min` : `${hours} h`;
  return minutes > 0 ? `${minutes} min` : `${whole} s`;
}

/** Elapsed time as an axis shows it: `0:05`, `23:30`, `2 d 06:00`. */
export function elapsed(seconds: number): string {
  const sign = seconds < 0 ? "\u2212" : "";
  const minutes = Math.round(Math.abs(seconds) / 60);
  const days = Math.floor(minutes / 1440);
  const clock = `${Math.floor((minutes % 1440) / 60)}:${pad(minutes % 60)}`;
  if (days === 0) return sign + clock;
  return minutes % 1440 === 0 ? `${sign}${days} d` : `${sign}${days} d ${clock.padStart(5, "0")}`;
}

/** `Thu 14:05`, with the date where it is not of this week. */
export function moment(wallS: number | null | undefined, nowS: number): string {
  if (wallS === null || wallS === undefined) return "–";
  const isNear = Math.abs(wallS - nowS) < 6 * DAY_S;
  const day: Intl.DateTimeFormatOptions = isNear
    ? { weekday: "short" }
    : { day: "numeric", month: "short" };
  return format(wallS, { ...day, hour: "2-digit", minute: "2-digit", hour12: false });
}

/** `20 Nov 2025, 09:00`. */
export function date(wallS: number | null | undefined): string {
  if (wallS === null || wallS === undefined) return "–";
  return format(wallS, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
}

/** For `<time datetime>`. */
export function iso(wallS: number | null | undefined): string {
  return wallS === null || wallS === undefined ? "" : new Date(wallS * 1000).toISOString();
}

function format(wallS: number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("en-GB", options).format(new Date(wallS * 1000));
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

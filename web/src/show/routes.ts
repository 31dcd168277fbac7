// Ways to tell people, in words.
import type { Route } from "../api/types.js";

/** What goes by it. */
export function toldOf(route: Route): string {
  return [...route.severities, ...(route.resolved ? ["over"] : [])].join(", ");
}

/** Whose experiments it is about. */
export function whomOf(route: Route): string {
  return route.users.length > 0 ? `of ${route.users.join(", ")}` : "of everybody";
}

/** When messages go by it. */
export function hoursOf(route: Route): string {
  const { quiet } = route;
  if (quiet === null) return "at any hour";
  const but = quiet.loud.length > 0 ? `, but ${quiet.loud.join(" and ")}` : "";
  const now = route.quiet_until_wall_s === null ? "" : ", quiet now";
  return `not ${quiet.from} to ${quiet.until} ${quiet.timezone}${but}${now}`;
}

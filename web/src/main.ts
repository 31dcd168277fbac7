// The web bundle's entry: makes the page that it finds itself on live.
import "./styles/page.css";

import { pageData } from "./page-data.js";

const ELEMENTS: Record<string, [tag: string, load: () => Promise<unknown>]> = {
  alerts: ["axenic-alerts", () => import("./elements/axenic-alerts.js")],
  audit: ["axenic-audit", () => import("./elements/axenic-audit.js")],
  calibration: ["axenic-calibration", () => import("./elements/axenic-calibration.js")],
  experiment: ["axenic-experiment", () => import("./elements/axenic-experiment.js")],
  experiments: ["axenic-experiments", () => import("./elements/axenic-experiments.js")],
  library: ["axenic-library", () => import("./elements/axenic-library.js")],
  maintenance: ["axenic-maintenance", () => import("./elements/axenic-maintenance.js")],
  new: ["axenic-new", () => import("./elements/axenic-new.js")],
  queue: ["axenic-queue", () => import("./elements/axenic-queue.js")],
  statistics: ["axenic-statistics", () => import("./elements/axenic-statistics.js")],
  workers: ["axenic-workers", () => import("./elements/axenic-workers.js")],
};

/** Put the page's element where the server's own rendering stands. */
async function bringToLife(): Promise<void> {
  const found = ELEMENTS[document.body.dataset["page"] ?? ""];
  const place = document.getElementById("live");
  if (found === undefined || place === null) return;
  const [tag, load] = found;
  await load();
  const element = document.createElement(tag) as HTMLElement & { data: unknown };
  element.data = pageData();
  place.replaceChildren(element);
}

/** Whoever uses this browser says so in the foot of each page. */
async function sayWho(): Promise<void> {
  const place = document.getElementById("who");
  if (place === null) return;
  await import("./elements/axenic-who.js");
  place.replaceChildren(document.createElement("axenic-who"));
}

void bringToLife();
void sayWho();

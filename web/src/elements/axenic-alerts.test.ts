import { afterEach, expect, test, vi } from "vitest";
import type { Alert, Route } from "../api/types.js";
import { remember } from "../live/who.js";
import "./axenic-alerts.js";

const route: Route = {
  name: "night shift",
  to: ["ntfy://…"],
  severities: ["critical"],
  users: ["ada"],
  quiet: { from: "22:00", until: "07:00", timezone: "Europe/Berlin", loud: ["critical"] },
  quiet_until_wall_s: null,
  every_s: 10,
  resolved: true,
  waiting: 2,
  told_wall_s: null,
  tries: 3,
  problem: "no network",
};

const alert: Alert = {
  id: 3,
  text: "warmed is hot",
  severity: "critical",
  source: "too hot",
  raised_wall_s: 1_764_320_000,
  experiment: "e1",
  vessel: "warmed",
  worker: "unit1",
  reactor: "unit1",
  count: 4,
  last_wall_s: null,
  state: "acknowledged",
  silenced_until_wall_s: null,
  acknowledged_by: "ada",
  acknowledged_wall_s: 1_764_320_100,
  acknowledged_note: "",
  resolved_by: "",
  resolved_wall_s: null,
  resolved_note: "",
  delivery: "sent",
  deliveries: [
    {
      route: "night shift",
      news: "raised",
      outcome: "sent",
      tries: 1,
      at_wall_s: 1_764_320_050,
      told_wall_s: 1_764_320_050,
      reason: "",
    },
    {
      route: "mail",
      news: "raised",
      outcome: "muted",
      tries: 0,
      at_wall_s: 1_764_320_050,
      told_wall_s: null,
      reason: "seen by ada",
    },
  ],
};

class SilentSource extends EventTarget {
  close(): void {}
}

async function page(answers: (path: string, options?: RequestInit) => Response) {
  vi.stubGlobal("EventSource", SilentSource);
  vi.stubGlobal("fetch", async (path: string, options?: RequestInit) => answers(path, options));
  const element = document.createElement("axenic-alerts");
  const clock = { wall_s: 1_764_320_000, speed: 1, trusted: true };
  element.data = { event_id: 0, clock, alerts: { items: [alert], next: null }, routes: [route] };
  document.body.append(element);
  await element.updateComplete;
  return element.shadowRoot as ShadowRoot;
}

const words = (root: ShadowRoot) => root.textContent?.replace(/\s+/g, " ") ?? "";

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
  localStorage.clear();
});

test("each alert says whom it reached, and why not", async () => {
  const root = await page(() => Response.json({ items: [] }));
  const row = root.querySelectorAll("section")[1]?.textContent?.replace(/\s+/g, " ");
  expect(row).toContain("too hot at e1 warmed, 4 times");
  expect(row).toContain("by ada");
  expect(row).toContain("mail muted: seen by ada");
});

test("each route says what goes by it, when, and what is wrong", async () => {
  const root = await page(() => Response.json({ items: [] }));
  expect(words(root)).toContain("critical, over");
  expect(words(root)).toContain("of ada");
  expect(words(root)).toContain("not 22:00 to 07:00 Europe/Berlin, but critical");
  expect(words(root)).toContain("failed 3 times: no network");
  expect(root.querySelector("button")).toBeNull();
});

test("an administrator tries a route and is told what became of it", async () => {
  remember("ada", "administrator");
  const asked: string[] = [];
  const root = await page((path, options) => {
    if (options?.method !== "POST") return Response.json({ items: [] });
    asked.push(path);
    return Response.json({ items: [{ route: "night shift", problem: "nobody there", took_s: 1 }] });
  });
  root.querySelector<HTMLButtonElement>('button[aria-label="Test night shift"]')?.click();
  await vi.waitFor(() => expect(words(root)).toContain("night shift: nobody there"));
  expect(asked).toEqual(["/api/alerts/routes/test?route=night+shift"]);
});

import { afterEach, expect, test, vi } from "vitest";
import type { Alert } from "../api/types.js";
import "./axenic-alert.js";

const alert: Alert = {
  id: 3,
  text: "warmed is hot",
  severity: "critical",
  source: "too hot",
  raised_wall_s: 1000,
  experiment: "e1",
  vessel: "warmed",
  worker: "unit1",
  reactor: "unit1",
  count: 4,
  last_wall_s: 1200,
  state: "raised",
  silenced_until_wall_s: null,
  acknowledged_by: "",
  acknowledged_wall_s: null,
  acknowledged_note: "",
  resolved_by: "",
  resolved_wall_s: null,
  resolved_note: "",
  delivery: "due",
  deliveries: [],
};

async function shown(more: Partial<Alert> = {}) {
  const element = document.createElement("axenic-alert");
  Object.assign(element, { alert: { ...alert, ...more }, ageS: 300 });
  document.body.append(element);
  await element.updateComplete;
  return element;
}

const words = (element: HTMLElement) => element.shadowRoot?.textContent?.replace(/\s+/g, " ") ?? "";

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test("the same again is told as a count", async () => {
  expect(words(await shown())).toContain("5 min ago, 4 times");
  expect(words(await shown({ count: 1 }))).not.toContain("times");
});

test("those that say the same are told as so many more, and acknowledged together", async () => {
  const fetched = vi.fn(async (_path: string) => new Response("{}"));
  vi.stubGlobal("fetch", fetched);
  const element = await shown();
  element.others = [{ ...alert, id: 2, text: "warmed is hotter" }];
  await element.updateComplete;
  expect(words(element)).toContain("1 more like it");
  expect(words(element)).toContain("warmed is hotter");
  const told = new Promise((resolve) => element.addEventListener("acknowledged", resolve));
  [...element.shadowRoot!.querySelectorAll("button")].at(-1)!.click();
  await told;
  expect(fetched.mock.calls.map(([path]) => path)).toEqual([
    "/api/alerts/3/acknowledge",
    "/api/alerts/2/acknowledge",
  ]);
});

test("that nobody could be notified is told", async () => {
  expect(words(await shown({ delivery: "expired" }))).toContain("nobody could be notified");
  expect(words(await shown({ delivery: "sent" }))).not.toContain("notified");
});

test("its kind is silenced within its experiment, or at its worker", async () => {
  const fetched = vi.fn(async (_path: string, _options: RequestInit) => new Response("{}"));
  vi.stubGlobal("fetch", fetched);
  for (const [experiment, where] of [
    ["e1", { experiment: "e1" }],
    [null, { place: "unit1" }],
  ] as const) {
    const element = await shown({ experiment });
    const [silence] = element.shadowRoot!.querySelectorAll("button");
    const told = new Promise((resolve) => element.addEventListener("acknowledged", resolve));
    silence!.click();
    await told;
    const [path, options] = fetched.mock.lastCall!;
    expect(path).toBe("/api/silences");
    expect(JSON.parse(String(options.body))).toEqual({ source: "too hot", ...where, for_s: 7200 });
  }
});

test("what is silenced says until when, and can still be acknowledged", async () => {
  const element = await shown({ state: "silenced", silenced_until_wall_s: 1_800_000_000 });
  expect(words(element)).toContain("silenced until");
  expect(element.shadowRoot?.querySelectorAll("button")).toHaveLength(1);
});

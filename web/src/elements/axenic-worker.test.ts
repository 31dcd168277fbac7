import { afterEach, expect, test, vi } from "vitest";
import type { Worker } from "../api/types.js";
import { Clock } from "../live/clock.js";
import "./axenic-worker.js";

const worker: Worker = {
  worker: "unit1",
  state: "ready",
  since_wall_s: 0,
  seen_wall_s: 0,
  clock: "trusted",
  version: "1",
  reactors: {},
  jobs: [],
  tags: [],
  plugins: {},
  runs: [],
  outbox_waiting: 0,
  stopped: {},
  simulated: true,
  free: false,
  free_reactors: [],
  self_tests: [],
};

async function shown(stopped: Worker["stopped"]) {
  const element = document.createElement("axenic-worker");
  element.worker = { ...worker, stopped };
  element.clock = new Clock({ wall_s: 1000, speed: 1, trusted: true });
  document.body.append(element);
  await element.updateComplete;
  return element.shadowRoot as ShadowRoot;
}

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test("a stopped worker says who stopped it and how it is released", async () => {
  const root = await shown({ unit1: { id: "s1", by: "ada", at_wall_s: 990 } });
  const section = root.querySelector('[aria-label="Stopped"]');
  expect(section?.textContent?.replace(/\s+/g, " ")).toContain("Stopped by ada");
  expect(section?.textContent).toContain("A release starts nothing");
});

test("a release is posted, and nothing is asked of a worker that stands by", async () => {
  expect((await shown({})).querySelector('[aria-label="Stopped"]')).toBeNull();
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return Response.json({ id: "c", outcome: "done", reason: "", result: {} });
  });
  const root = await shown({ unit1: { id: "s1", by: "ada", at_wall_s: 990 } });
  root.querySelector<HTMLButtonElement>(".stopped button")?.click();
  await vi.waitFor(() => expect(asked).toEqual(["/api/workers/unit1/release"]));
});

test("what hands hold is told with who holds it and for how long", async () => {
  const element = document.createElement("axenic-worker");
  const reactor = { sensors: [], outputs: [], pumps: {}, calibrations: {}, capacity_ml: 20 };
  const run = { experiment: "hand-1", vessel: "r1", reactor: "r1", state: "running" };
  const hands = [
    { name: "dosing", value: "hold", by: "ada", for_s: 720 },
    { name: "stirring.target", value: 300, by: "bob", for_s: null },
    { name: "temperature.automation", value: "thermostat", by: "bob", for_s: null },
  ];
  element.worker = {
    ...worker,
    reactors: { r1: reactor },
    runs: [{ ...run, hands }],
  } as unknown as Worker;
  element.clock = new Clock({ wall_s: 1000, speed: 1, trusted: true });
  element.units = { "stirring.target": "rpm" };
  document.body.append(element);
  await element.updateComplete;
  const text = element.shadowRoot?.textContent?.replace(/[\s\u202f]+/g, " ");
  expect(text).toContain("dosing is held by ada for 12 min");
  expect(text).toContain("stirring.target is 300 rpm by bob");
  expect(text).toContain("temperature.automation is thermostat by bob");
  expect(element.shadowRoot?.querySelector("a")).toBeNull();
});

test("a self-test is listed with marks, and another one can be begun", async () => {
  const element = document.createElement("axenic-worker");
  element.worker = {
    ...worker,
    reactors: {
      vessel: { sensors: [], outputs: ["heater"], pumps: {}, calibrations: {}, capacity_ml: 20 },
    } as unknown as Worker["reactors"],
    self_tests: [
      {
        id: "t",
        reactor: "vessel",
        by: "ada",
        began_wall_s: 900,
        ended_wall_s: 990,
        trouble: "",
        trials: [
          { device: "stirrer", result: "passed", figure: "450 rpm at 30 %", reason: "" },
          { device: "heater", result: "failed", figure: "+0.0 °C in 60 s", reason: "it does not heat" },
        ],
      },
    ],
  };
  element.clock = new Clock({ wall_s: 1000, speed: 1, trusted: true });
  document.body.append(element);
  await element.updateComplete;
  const root = element.shadowRoot as ShadowRoot;
  expect(root.querySelector("summary")?.textContent).toContain("✗ heater");
  expect(root.querySelector(".trials .failed")?.textContent?.trim().replace(/\s+/g, " ")).toBe(
    "✗ heater: +0.0 °C in 60 s; it does not heat",
  );
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return Response.json({ id: "c", outcome: "done", reason: "", result: {} });
  });
  const button = [...root.querySelectorAll("button")].find((each) => each.textContent?.trim() === "Test");
  button?.click();
  await vi.waitFor(() => expect(asked).toEqual(["/api/workers/unit1/self-test?reactor=vessel"]));
});

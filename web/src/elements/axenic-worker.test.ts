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
  runs: [],
  outbox_waiting: 0,
  stopped: {},
  simulated: true,
  free: false,
  free_reactors: [],
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
  const root = await shown({ unit1: { by: "ada", at_wall_s: 990 } });
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
  const root = await shown({ unit1: { by: "ada", at_wall_s: 990 } });
  root.querySelector<HTMLButtonElement>(".stopped button")?.click();
  await vi.waitFor(() => expect(asked).toEqual(["/api/workers/unit1/release"]));
});

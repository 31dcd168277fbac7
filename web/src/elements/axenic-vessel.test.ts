import { afterEach, expect, test } from "vitest";
import type { Latest, Run } from "../api/types.js";
import { Clock } from "../live/clock.js";
import "./axenic-vessel.js";

const NOW_S = 10_000;

function run(change: Partial<Run> = {}): Run {
  return {
    vessel: "warmed",
    worker: "bench-2",
    reactor: "bench-2",
    state: "running",
    reason: "",
    answer: "accepted",
    phase: "hold",
    visit: 1,
    revision: 1,
    process_s: 9000,
    phase_s: 7200,
    began_wall_s: 1000,
    ended_wall_s: null,
    waits_at: null,
    waits_for: [],
    ...change,
  };
}

function latest(values: Record<string, number>, wall_s: number): Record<string, Latest> {
  const each = ([signal, value]: [string, number]) =>
    [signal, { vessel: "warmed", signal, process_s: 0, wall_s, value, unit: "" }] as const;
  return Object.fromEntries(Object.entries(values).map(each));
}

async function shown(of: Run, values: Record<string, Latest>): Promise<string> {
  const element = document.createElement("axenic-vessel");
  element.run = of;
  element.latest = values;
  element.clock = new Clock({ wall_s: NOW_S, speed: 1, trusted: true });
  document.body.append(element);
  await element.updateComplete;
  return (element.shadowRoot?.querySelector("article")?.textContent ?? "").replace(/\s+/g, " ");
}

afterEach(() => document.body.replaceChildren());

test("every value stands with its unit, and the growth rate with its doubling time", async () => {
  const values = { od600: 0.7912, growth_rate: 0.693147, "temperature.measured": 36.98 };
  const text = await shown(run(), latest({ ...values, "temperature.target": 37 }, NOW_S));
  for (const part of ["0.791", "0.69 h⁻¹", "doubles in 1.0 h", "37.0 °C", "→ 37.0\u202f°C"]) {
    expect(text.replace(/\u202f/g, " ")).toContain(part.replace(/\u202f/g, " "));
  }
});

test("the growth rate stands with its deviation, beside generations and lag", async () => {
  const values = { growth_rate: 0.5231, "growth_rate.deviation": 0.031 };
  const since = { "growth_rate.generations": 12.34, "growth_rate.lag": 3900 };
  const text = await shown(run(), latest({ ...values, ...since }, NOW_S));
  for (const part of ["0.52 ± 0.03 h⁻¹", "Generations 12.3", "after a lag of 1 h 05 min"]) {
    expect(text).toContain(part);
  }
  const slow = latest({ growth_rate: 0.1034, "growth_rate.deviation": 0.0014 }, NOW_S);
  expect(await shown(run(), slow)).toContain("0.103 ± 0.001 h⁻¹");
});

test("as long as no growth was seen there is neither a deviation nor a lag", async () => {
  const text = await shown(run(), latest({ od600: 0.05 }, NOW_S));
  expect(text).toContain("Generations –");
  expect(text).not.toContain("±");
  expect(text).not.toContain("lag");
});

test("what was not measured is a dash without a unit", async () => {
  const text = await shown(run(), {});
  expect(text).toContain("Stirring –");
  expect(text).not.toContain("rpm");
});

test("old values of a running vessel say how old they are", async () => {
  expect(await shown(run(), latest({ od600: 0.5 }, NOW_S - 300))).toContain("values are 5 min old");
});

test("a vessel that has ended has no old values", async () => {
  const ended = run({ state: "completed", ended_wall_s: NOW_S - 300 });
  expect(await shown(ended, latest({ od600: 0.5 }, NOW_S - 300))).not.toContain("values are");
});

test("it says in which phase it is, and for how long", async () => {
  expect(await shown(run(), {})).toContain("hold · 2 h");
});

test("it says for whom it waits, and before which phase", async () => {
  const waits = run({ waits_at: "harvest", waits_for: ["treated", "control"] });
  expect(await shown(waits, {})).toContain("waits for treated, control at harvest");
  expect(await shown(run({ waits_at: "harvest" }), {})).toContain("waits at harvest");
  expect(await shown(run(), {})).not.toContain("waits");
});

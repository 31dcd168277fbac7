import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CheckResult } from "../api/types.js";
import { Draft } from "./draft.js";

const GOOD: CheckResult = {
  ok: true,
  diagnostics: [],
  profile: {
    name: "Mine",
    description: "",
    tags: [],
    vessels: ["control"],
    inputs: [
      {
        name: "warm_up_to",
        type: "temperature",
        unit: "°C",
        default: 42,
        minimum: null,
        maximum: null,
        choices: [],
        step: null,
        section: "",
        vessels: {},
        description: "",
      },
    ],
  },
  timetable: null,
};

const fetched = vi.fn(async () => new Response(JSON.stringify(GOOD)));

beforeEach(() => {
  vi.useFakeTimers();
  fetched.mockClear();
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("typing is checked once, when it rests", async () => {
  const draft = new Draft(() => undefined);
  draft.write("a");
  draft.write("ab");
  expect(draft.isReady).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect(fetched).toHaveBeenCalledTimes(1);
  expect(draft.isReady).toBe(true);
});

test("a plain number is sent in the unit beside its field, other text as it is", async () => {
  const draft = new Draft(() => undefined);
  draft.write("a");
  await vi.advanceTimersByTimeAsync(1000);
  draft.choose("inputs", "warm_up_to", "41.5");
  expect(draft.submission()[0].inputs).toEqual({ warm_up_to: 41.5 });
  draft.choose("inputs", "warm_up_to", "41 °C");
  expect(draft.submission()[0].inputs).toEqual({ warm_up_to: "41 °C" });
  draft.end();
});

test("a vessel that any free reactor may play is not bound", async () => {
  const draft = new Draft(() => undefined);
  draft.write("a");
  await vi.advanceTimersByTimeAsync(1000);
  draft.choose("bindings", "control", "");
  expect(draft.submission()[0].bindings).toEqual({});
  draft.choose("bindings", "control", "bench-3");
  expect(draft.submission()[0].bindings).toEqual({ control: "bench-3" });
});

test("the same draft is sent under the same key until it changes or is refused", () => {
  const draft = new Draft(() => undefined);
  draft.write("a");
  const [, key] = draft.submission();
  expect(draft.submission()[1]).toBe(key);
  draft.refused();
  expect(draft.submission()[1]).not.toBe(key);
  draft.end();
});

test("what a profile includes is checked and sent along with it", async () => {
  const draft = new Draft(() => undefined);
  draft.write("a", "mine.yaml", { "parts/jobs.yaml": "{}" });
  draft.write("ab");
  await vi.advanceTimersByTimeAsync(1000);
  const [, request] = fetched.mock.calls[0] as unknown as [string, { body: string }];
  expect(JSON.parse(request.body)).toMatchObject({ text: "ab", files: { "parts/jobs.yaml": "{}" } });
  expect(draft.submission()[0].files).toEqual({ "parts/jobs.yaml": "{}" });
});

import { expect, test } from "vitest";
import type { Event, MaintenanceRun } from "../api/types.js";
import { follow } from "./progress.js";

const RUN: MaintenanceRun = {
  id: 3,
  cause: "person",
  actor: "root",
  state: "running",
  began_wall_s: 100,
  ended_wall_s: null,
  steps: ["integrity", "backup"].map((name) => ({
    name,
    state: "waiting",
    text: "",
    share: null,
    began_wall_s: null,
    ended_wall_s: null,
  })),
};

function told(state: string, first: string, share: number | null, id = 3): Event {
  const steps = [
    { name: "integrity", state: first, text: first === "done" ? "12 readings" : "", share },
    { name: "backup", state: "waiting", text: "", share: null },
  ];
  const data = { id, state, steps };
  return { id: 1, kind: "maintenance", at_wall_s: 160, experiment: null, vessel: null, data } as Event;
}

test("a step's share grows as it is told, and goes when it is through", () => {
  const begun = follow([RUN], told("running", "running", 0.3))!;
  expect(begun[0]!.steps[0]).toMatchObject({ state: "running", share: 0.3 });
  const through = follow(begun, told("running", "done", null))!;
  expect(through[0]!.steps[0]).toMatchObject({ state: "done", share: null, text: "12 readings" });
  expect(through[0]!.ended_wall_s).toBeNull();
});

test("a run that is over has its end", () => {
  const over = follow([RUN], told("done", "done", null))!;
  expect([over[0]!.state, over[0]!.ended_wall_s]).toEqual(["done", 160]);
});

test("a run that nobody knows is to be asked for", () => {
  expect(follow([RUN], told("running", "running", 0.1, 4))).toBeNull();
});

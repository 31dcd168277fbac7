import { expect, test } from "vitest";
import type { Deed } from "../api/types.js";
import { came, deedText, detailOf } from "./deeds.js";

function deed(more: Partial<Deed>): Deed {
  return {
    id: 1,
    at_wall_s: 1000,
    actor: "ada",
    role: "user",
    address: "127.0.0.1",
    deed: "command_worker",
    experiment: "e1",
    detail: {},
    status: 200,
    ...more,
  };
}

test("what was asked is told in words, without what is empty", () => {
  const detail = { name: "stop", reactor: "r1", args: { job: "stirring", for_s: null }, vessel: "", inputs: { a: 2 }, tags: ["x", "y"] };
  expect(detailOf(deed({ detail }))).toEqual([
    ["name", "stop"],
    ["reactor", "r1"],
    ["job", "stirring"],
    ["inputs.a", "2"],
    ["tags", "x, y"],
  ]);
  expect(deedText("hold_experiment")).toBe("hold experiment");
});

test("numbers have their units, which their names end in", () => {
  const detail = { volume_ml: 0.5, args: { density_g_ml: 1.02, for_s: 900 }, revision: 3 };
  expect(detailOf(deed({ detail }))).toEqual([
    ["volume", "0.5\u202fmL"],
    ["density", "1.02\u202fg/mL"],
    ["for", "900\u202fs"],
    ["revision", "3"],
  ]);
});

test("a zero is an answer, too", () => {
  expect(detailOf(deed({ detail: { volume_ml: 0, note: "the tube is dry" } }))).toEqual([
    ["volume", "0\u202fmL"],
    ["note", "the tube is dry"],
  ]);
});

test.each([
  [201, "done"],
  [403, "refused"],
  [507, "failed"],
  [null, "unknown"],
])("an answer of %s is %s", (status, is) => {
  expect(came(deed({ status })).is).toBe(is);
});

import { expect, test } from "vitest";
import type { Alert } from "../api/types.js";
import { folded } from "./fold.js";

const plain: Alert = {
  id: 1,
  text: "warmed is at 45.1 °C",
  severity: "critical",
  source: "too hot",
  raised_wall_s: 1000,
  experiment: "e1",
  vessel: "warmed",
  worker: "unit1",
  reactor: "unit1",
  count: 1,
  last_wall_s: null,
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

const some = (...of: Partial<Alert>[]) => of.map((each, index) => ({ ...plain, id: index + 1, ...each }));
const ids = (alerts: Alert[]) =>
  folded(alerts).map(({ newest, others }) => [newest.id, ...others.map((each) => each.id)]);

test("what says the same but for figures is one, the newest of them first", () => {
  const alerts = some(
    { raised_wall_s: 1 },
    { text: "warmed is at 45.7 °C", raised_wall_s: 9 },
    { text: "warmed is at 46 °C", raised_wall_s: 5 },
  );
  expect(ids(alerts)).toEqual([[2, 3, 1]]);
});

test("another vessel, another reading of how bad it is, and other words stay by themselves", () => {
  const alerts = some({}, { vessel: "control" }, { severity: "warning" }, { text: "warmed is at 45.1 rpm" });
  expect(ids(alerts)).toHaveLength(4);
});

test("a number that belongs to a name tells who it is", () => {
  const lost = { vessel: null, worker: null, reactor: null, source: "worker" };
  expect(ids(some({ ...lost, text: "unit1 is lost" }, { ...lost, text: "unit2 is lost" }))).toHaveLength(2);
  expect(ids(some({ ...lost, text: "pump-1 is slow" }, { ...lost, text: "pump-2 is slow" }))).toHaveLength(2);
});

test("what is silenced is not folded into what is not", () => {
  expect(ids(some({}, { silenced_until_wall_s: 2000 }))).toEqual([[1], [2]]);
});

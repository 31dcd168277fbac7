import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CalibrationSession } from "../api/types.js";
import "./axenic-session.js";

const asked: CalibrationSession = {
  worker: "unit1",
  raw_unit: "V",
  actual_unit: "",
  answer_unit: "",
  method: "linear",
  attempts: [{ method: "linear", degree: 2, fit: null, reason: "a linear fit needs 2 different points, and here is 1" }],
  session: {
    id: "s1",
    reactor: "r1",
    device: "oxygen_probe",
    kind: "oxygen",
    by: "ada",
    began_wall_s: 1000,
    stage: "asking",
    done: 1,
    of: 2,
    asked: { question: "What was it exactly?", type: "fraction", expected: 1 },
    raw: 1.25,
    points: [[0.02, 0]],
    prepare: "",
    sensor: "oxygen_probe",
    lasts_s: 10,
    trouble: "",
    room_ml: null,
    raw_type: "",
    actual_type: "",
    method: "",
  },
};

async function shown(one: CalibrationSession) {
  const element = document.createElement("axenic-session");
  element.one = one;
  element.nowS = 2000;
  document.body.append(element);
  await element.updateComplete;
  return element;
}

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", class {
    observe() {}
    disconnect() {}
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test("shares are asked for and shown in percent, and sent as shares", async () => {
  const sent: unknown[] = [];
  vi.stubGlobal("fetch", async (_: string, { body }: RequestInit) => {
    sent.push(JSON.parse(String(body)));
    return Response.json({ id: "c", outcome: "done", reason: "", result: { session: asked.session } });
  });
  const element = await shown(asked);
  const field = element.shadowRoot?.querySelector<HTMLInputElement>("#value");
  expect(field?.value).toBe("100");
  expect(field?.parentElement?.textContent).toContain("%");
  field!.value = "98";
  const changed = vi.fn();
  element.addEventListener("changed", changed);
  element.shadowRoot?.querySelector("form")?.dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
  await vi.waitFor(() => expect(changed).toHaveBeenCalled());
  expect(sent).toEqual([{ do: "answer", reactor: "r1", args: { session: "s1", value: 0.98 } }]);
});

test("a refusal is told in the worker's words, and the step stays", async () => {
  const reason = "r1 runs e1: compare when that is over";
  vi.stubGlobal("fetch", async () => Response.json({ id: "c", outcome: "refused", reason, result: {} }));
  const preparing = { ...asked.session, stage: "preparing", prepare: "Put the probe into air", asked: null };
  const element = await shown({ ...asked, session: { ...preparing, kind: "pump", sensor: "" } });
  element.shadowRoot?.querySelector<HTMLButtonElement>(".step button.primary")?.click();
  await vi.waitFor(() => expect(element.shadowRoot?.querySelector("[role=alert]")?.textContent).toBe(reason));
  expect(element.shadowRoot?.querySelector(".what")?.textContent).toBe("Put the probe into air");
});

test("what cannot be fitted yet says why, and cannot be kept", async () => {
  const element = await shown({ ...asked, session: { ...asked.session, stage: "complete", asked: null } });
  const table = element.shadowRoot?.querySelector("axenic-residuals");
  await table?.updateComplete;
  expect(table?.shadowRoot?.textContent).toContain("No curve yet: a linear fit needs 2 different points");
  const keep = element.shadowRoot?.querySelector("axenic-keep");
  await keep?.updateComplete;
  expect(keep?.shadowRoot?.querySelector<HTMLButtonElement>("button.primary")?.disabled).toBe(true);
});

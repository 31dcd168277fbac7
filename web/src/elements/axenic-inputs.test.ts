import { afterEach, expect, test } from "vitest";
import type { Diagnostic, Input } from "../api/types.js";
import "./axenic-inputs.js";

const WARM: Input = {
  name: "warm_up_to",
  type: "temperature",
  unit: "°C",
  default: 42,
  minimum: 30,
  maximum: 44,
  choices: [],
  description: "Final temperature",
  step: null,
  section: "",
  vessels: {},
};

async function shown(inputs: Input[], diagnostics: Diagnostic[] = []) {
  const element = document.createElement("axenic-inputs");
  element.inputs = inputs;
  element.diagnostics = diagnostics;
  document.body.append(element);
  await element.updateComplete;
  return element;
}

afterEach(() => document.body.replaceChildren());

test("a field has its label, its default, its unit and its bounds", async () => {
  const root = (await shown([WARM])).shadowRoot;
  expect(root?.querySelector("label")?.textContent).toBe("Final temperature");
  expect(root?.querySelector("input")?.value).toBe("42");
  expect(root?.querySelector(".unit")?.textContent).toBe("°C");
  expect(root?.querySelector("small")?.textContent).toBe("30\u202f°C to 44\u202f°C");
});

test("numbers are asked for in number fields, with their bounds and steps", async () => {
  const root = (await shown([{ ...WARM, step: 0.5 }, { ...WARM, name: "strain", type: "text", unit: "", default: "K-12", minimum: null, maximum: null }])).shadowRoot;
  const [warm, strain] = [...(root?.querySelectorAll("input") ?? [])];
  expect([warm?.type, warm?.min, warm?.max, warm?.step]).toEqual(["number", "30", "44", "0.5"]);
  expect(root?.querySelector("small")?.textContent).toBe("30\u202f°C to 44\u202f°C, in steps of 0.5");
  expect([strain?.type, strain?.hasAttribute("step")]).toEqual(["text", false]);
});

test("without a step of its own a whole number goes by ones, and another by anything", async () => {
  const tubes = { ...WARM, name: "tubes", type: "integer", unit: "", minimum: null, maximum: null };
  const root = (await shown([tubes, WARM])).shadowRoot;
  const fields = [...(root?.querySelectorAll("input") ?? [])];
  expect(fields.map((each) => each.step)).toEqual(["1", "any"]);
  expect(fields[0]?.hasAttribute("min")).toBe(false);
});

test("a duration is text, so that 1 h 30 min can be typed", async () => {
  const root = (await shown([{ ...WARM, type: "time", unit: "s" }])).shadowRoot;
  expect(root?.querySelector("input")?.type).toBe("text");
});

test("what is wrong with an input is said at its field", async () => {
  const place = { file: "p.yaml", line: 9, column: 3, end_line: 9, end_column: 13 };
  const root = (
    await shown(
      [WARM],
      [
        {
          ...place,
          severity: "error",
          code: "input",
          message: "warm_up_to: 50 °C is above the maximum of 44 °C",
          suggestion: null,
          included_from: [],
        },
      ],
    )
  ).shadowRoot;
  expect(root?.querySelector("small")?.textContent).toBe("50 °C is above the maximum of 44 °C");
  expect(root?.querySelector("input")?.getAttribute("aria-invalid")).toBe("true");
});

test("what is typed is told with its name", async () => {
  const element = await shown([WARM]);
  const told: unknown[] = [];
  element.addEventListener("choose", (event) => told.push((event as CustomEvent).detail));
  const field = element.shadowRoot?.querySelector("input");
  field!.value = "41";
  field!.dispatchEvent(new Event("input"));
  expect(told).toEqual([["warm_up_to", "41"]]);
});

test("a schedule is a text, with an example of both ways to write it", async () => {
  const sampling = { ...WARM, type: "schedule", unit: "", default: "6 h", minimum: null, maximum: null };
  const root = (await shown([sampling])).shadowRoot;
  expect(root?.querySelector("input")?.type).toBe("text");
  expect(root?.querySelector("input")?.value).toBe("6 h");
  expect(root?.querySelector("small")?.textContent).toBe(
    "by the clock, as 0 9 * * mon-fri, or an interval, as 6 h",
  );
});

test("choices are chosen from a list", async () => {
  const choice = { ...WARM, type: "choice", unit: "", default: "slow", choices: ["slow", "fast"] };
  const root = (await shown([choice])).shadowRoot;
  expect(root?.querySelector("select")?.value).toBe("slow");
});

test("inputs stand under their headings, and vessels of their own are told of", async () => {
  const drug = { ...WARM, name: "drug", section: "Drug", vessels: { dose_1: 0, dose_2: 30 } };
  const root = (await shown([WARM, drug])).shadowRoot;
  expect([...(root?.querySelectorAll("legend") ?? [])].map((each) => each.textContent)).toEqual([
    "Drug",
  ]);
  expect(root?.querySelector("fieldset .own")?.textContent).toBe(
    "dose_1: 0\u202f°C, dose_2: 30\u202f°C",
  );
  expect(root?.querySelectorAll("input").length).toBe(2);
});

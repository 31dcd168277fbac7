import { afterEach, expect, test, vi } from "vitest";
import type { Question } from "../api/types.js";
import "./axenic-question.js";

function question(kind: string, text: string): Question {
  return {
    key: "e1.1:warmed:hold#1:ask@0:0",
    experiment: "e1",
    attempt: "e1.1",
    vessel: "warmed",
    kind,
    text,
    choices: [],
    answer_type: "text",
    default: null,
    unit: "",
    asked_process_s: 0,
    asked_wall_s: 0,
    deadline_s: null,
    state: "open",
    answer: null,
    by: "",
    answered_wall_s: null,
  };
}

async function shown(asked: Question) {
  const element = document.createElement("axenic-question");
  element.question = asked;
  document.body.append(element);
  await element.updateComplete;
  return element;
}

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test("an ask is confirmed with a button", async () => {
  const element = await shown(question("ask", "Inoculate warmed, then confirm"));
  expect(element.shadowRoot?.textContent).toContain("Inoculate warmed");
  expect(element.shadowRoot?.querySelector("input")).toBeNull();
  expect(element.shadowRoot?.querySelector("button")?.textContent?.trim()).toBe("Confirm");
});

test("a sample has a field that carries its label", async () => {
  const element = await shown(question("sample", "Tube number"));
  const label = element.shadowRoot?.querySelector("label");
  expect(label?.textContent).toContain("Tube number");
  expect(label?.querySelector("input")?.required).toBe(true);
});

test("a question with choices has a button for each, the default first of all for the eye", async () => {
  const asked = { ...question("ask", "Medium?"), choices: ["rich", "minimal"], default: "minimal" };
  const element = await shown(asked);
  const buttons = [...(element.shadowRoot?.querySelectorAll("button") ?? [])];
  expect(buttons.map((each) => each.value)).toEqual(["rich", "minimal"]);
  expect(buttons.map((each) => each.className)).toEqual(["", "primary"]);
});

test("a question for a quantity has a field with its unit and the default in it", async () => {
  const asked = { ...question("ask", "How much?"), answer_type: "volume", default: 0.5, unit: "mL" };
  const element = await shown(asked);
  const input = element.shadowRoot?.querySelector("input");
  expect(input?.value).toBe("0.5");
  expect(input?.inputMode).toBe("decimal");
  expect(element.shadowRoot?.querySelector("label")?.textContent).toContain("mL");
});

test("a question for a truth is answered with yes or no", async () => {
  const element = await shown({ ...question("ask", "Clear?"), answer_type: "boolean" });
  const buttons = [...(element.shadowRoot?.querySelectorAll("button") ?? [])];
  expect(buttons.map((each) => each.value)).toEqual(["yes", "no"]);
});

test("what the leader refuses is said beside the question, which stays", async () => {
  const problem = { type: "about:blank", title: "Conflict", status: 409, detail: "it is answered" };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(problem), { status: 409 }));
  const element = await shown(question("ask", "Ready?"));
  const form = element.shadowRoot?.querySelector("form");
  form?.dispatchEvent(new Event("submit", { cancelable: true }));
  await vi.waitFor(() =>
    expect(element.shadowRoot?.querySelector('[role="alert"]')?.textContent).toBe("it is answered"),
  );
});

import { expect, test } from "vitest";
import type { Diagnostic } from "../api/types.js";
import "./axenic-diagnostics.js";

const FINDING: Diagnostic = {
  file: "mine.yaml",
  line: 20,
  column: 3,
  end_line: 20,
  end_column: 10,
  severity: "error",
  code: "unknown-job",
  message: "there is no job 'stiring'",
  suggestion: "stirring",
};

async function shown(finding: Diagnostic) {
  const element = document.createElement("axenic-diagnostics");
  element.diagnostics = [finding];
  document.body.append(element);
  await element.updateComplete;
  return element;
}

test("a finding says its place, its code, what is wrong and what was meant", async () => {
  const element = await shown(FINDING);
  const text = element.shadowRoot?.textContent ?? "";
  for (const part of ["20:3", "unknown-job", "there is no job 'stiring'", "stirring"]) {
    expect(text).toContain(part);
  }
  element.remove();
});

test("a suggestion for one place can be applied", async () => {
  const element = await shown(FINDING);
  let applied: Diagnostic | undefined;
  element.addEventListener("apply", (event) => {
    applied = (event as CustomEvent<Diagnostic>).detail;
  });
  element.shadowRoot?.querySelector<HTMLButtonElement>(".hint button")?.click();
  expect(applied).toBe(FINDING);
  element.remove();
});

test("a suggestion over several lines is only told", async () => {
  const element = await shown({ ...FINDING, end_line: 22 });
  expect(element.shadowRoot?.querySelector(".hint button")).toBeNull();
  element.remove();
});

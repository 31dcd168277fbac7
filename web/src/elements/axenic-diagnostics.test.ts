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
  included_from: [],
};

async function shown(finding: Diagnostic, file = "") {
  const element = document.createElement("axenic-diagnostics");
  element.file = file;
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

test("what lies in an included file is told with its file and the way to it", async () => {
  const site = { file: "mine.yaml", line: 7, column: 5, how: "included" as const };
  const element = await shown({ ...FINDING, file: "parts/jobs.yaml", included_from: [site] }, "mine.yaml");
  const text = element.shadowRoot?.textContent ?? "";
  expect(text).toContain("parts/jobs.yaml:20:3");
  expect(text).toContain("included from mine.yaml:7:5");
  expect(element.shadowRoot?.querySelector("button")).toBeNull();
  element.remove();
});

import { expect, test } from "vitest";
import "./axenic-state.js";

const OUTCOMES = ["done", "late", "skipped", "refused", "failed", "unknown"];

test("every outcome has a word, a sign and a look of its own", async () => {
  const looks = new Set<string>();
  for (const outcome of OUTCOMES) {
    const element = document.createElement("axenic-state");
    element.is = outcome;
    document.body.append(element);
    await element.updateComplete;
    const chip = element.shadowRoot?.querySelector("span");
    expect(chip?.textContent?.trim()).toBe(outcome);
    looks.add(`${chip?.className} ${chip?.querySelector("svg")?.innerHTML}`);
    element.remove();
  }
  expect(looks.size).toBe(OUTCOMES.length);
});

import { afterEach, expect, test } from "vitest";
import type { Volume } from "../api/types.js";
import "./axenic-bottles.js";

async function shown(medium: string, moved_ml: number, bottle_ml: number | null) {
  const element = document.createElement("axenic-bottles");
  const volume: Volume = { vessel: "warmed", medium, moved_ml, from_bottle_ml: moved_ml, bottle_ml, shared: false };
  element.volumes = [volume];
  document.body.append(element);
  await element.updateComplete;
  return element.shadowRoot?.querySelector("li");
}

afterEach(() => document.body.replaceChildren());

test("a feed bottle is emptied, and warns before it is empty", async () => {
  const full = await shown("feed", 1000, 5000);
  expect(full?.textContent).toContain("4.00 of 5.0 L left");
  expect(full?.className).toBe("");
  expect((await shown("feed", 4600, 5000))?.className).toBe("low");
});

test("the waste is filled, and warns before it is full", async () => {
  const half = await shown("waste", 3000, 6000);
  expect(half?.textContent).toContain("3.00 of 6.0 L filled");
  expect((await shown("waste", 5500, 6000))?.className).toBe("low");
});

test("a medium whose bottle nobody knows has no bar", async () => {
  expect(await shown("feed", 10, null)).toBeNull();
});

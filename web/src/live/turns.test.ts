import { expect, test } from "vitest";
import type { Entry } from "../api/types.js";
import { dropTo, stepTo } from "./turns.js";
import type { Who } from "./who.js";

const ADA: Who = { name: "ada", role: "user" };
const ROOT: Who = { name: "root", role: "administrator" };

function queue(words: string): Entry[] {
  return words.split(" ").map((word) => {
    const [id, priority] = word.split("!");
    const actor = id!.startsWith("a") ? "ada" : "bob";
    return { experiment: { id, actor, priority: Number(priority ?? 0) } } as unknown as Entry;
  });
}

function step(words: string, id: string, way: "up" | "down", by: Who): string | null {
  const entries = queue(words);
  return stepTo(entries, entries.find((each) => each.experiment.id === id)!, way, by);
}

test("users step over others among their own", () => {
  expect(step("a1 b1 a2 a3", "a2", "up", ADA)).toBe("a1");
  expect(step("a1 b1 a2 a3", "a1", "down", ADA)).toBe("a3");
  expect(step("a1 b1 a2", "a1", "down", ADA)).toBe("last");
  expect(step("a1 b1 a2", "a1", "up", ADA)).toBe(null);
  expect(step("a1 b1 a2", "a2", "down", ADA)).toBe(null);
  expect(step("a1 b1 a2", "b1", "up", ADA)).toBe(null);
});

test("administrators step among all of one priority", () => {
  expect(step("a1 b1 a2", "a2", "up", ROOT)).toBe("b1");
  expect(step("a1 b1 a2", "b1", "down", ROOT)).toBe("last");
  expect(step("a1!3 b1 a2", "b1", "up", ROOT)).toBe(null);
});

test("what is dropped on another takes its place", () => {
  const entries = queue("b1 b2 b3 b4");
  const drop = (one: number, on: number) => dropTo(entries, entries[one]!, entries[on]!, ROOT);
  expect(drop(3, 1)).toBe("b2");
  expect(drop(0, 2)).toBe("b4");
  expect(drop(0, 3)).toBe("last");
  expect(drop(1, 1)).toBe(null);
});

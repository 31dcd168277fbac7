import { expect, test } from "vitest";
import type { Entry } from "../api/types.js";
import { mayStart } from "./waits.js";

const NOW = 1_736_150_400;

test.each([
  [null, null, "does not start by itself"],
  [NOW, null, "nobody can say"],
  [NOW + 7200, null, "not before Mon"],
  [NOW, NOW, "now"],
  [NOW + 7200, NOW + 18_000, "in 2 h to 5 h"],
])("from %s to %s", (earliest_wall_s, latest_wall_s, words) => {
  expect(mayStart({ earliest_wall_s, latest_wall_s } as Entry, NOW)).toContain(words);
});

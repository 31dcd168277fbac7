import { afterEach, expect, test, vi } from "vitest";
import type { Experiment, Preflight } from "../api/types.js";
import "./axenic-preflight.js";

const checks: Preflight["checks"] = [
  { name: "media", result: "bad", text: "too little feed", vessel: "", can_be_accepted: true },
  { name: "disk", result: "bad", text: "full", vessel: "", can_be_accepted: false },
];

async function offered(isMine: boolean): Promise<number> {
  vi.stubGlobal("fetch", async () => Response.json({ checks }));
  const element = document.createElement("axenic-preflight");
  element.experiment = { id: "e1", name: "One" } as Experiment;
  element.isMine = isMine;
  document.body.append(element);
  const root = element.shadowRoot as ShadowRoot;
  await vi.waitFor(() => expect(root.querySelectorAll("li")).toHaveLength(2));
  return root.querySelectorAll("button").length;
}

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test("who may handle it starts in spite of what can be accepted, and nobody else", async () => {
  expect(await offered(true)).toBe(1);
  document.body.replaceChildren();
  expect(await offered(false)).toBe(0);
});

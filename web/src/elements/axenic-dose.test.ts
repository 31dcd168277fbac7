import { afterEach, expect, test, vi } from "vitest";
import type { Dose } from "../api/types.js";
import "./axenic-dose.js";

const dose: Dose = {
  key: "e1.1:warmed:*:dosing@4/in",
  attempt: "e1.1",
  vessel: "warmed",
  pump: "feed_pump",
  medium: "feed",
  direction: "in",
  volume_ml: 1.25,
  cause: "turbidostat",
  began_process_s: 60,
  began_wall_s: 1000,
  ended_process_s: null,
  outcome: "unknown",
  reason: "power failed",
  resolved_ml: null,
  resolved_by: "",
  resolved_reason: "",
};

async function shown(isMine: boolean) {
  const element = document.createElement("axenic-dose");
  Object.assign(element, { dose, isMine, owner: "ada", nowS: 2000 });
  document.body.append(element);
  await element.updateComplete;
  return element;
}

async function say(element: HTMLElement, choice: string, note: string, volume = "") {
  const root = element.shadowRoot as ShadowRoot;
  const radio = root.querySelector<HTMLInputElement>(`[value=${choice}]`)!;
  radio.checked = true;
  radio.dispatchEvent(new Event("change"));
  root.querySelector<HTMLInputElement>("[name=note]")!.value = note;
  root.querySelector<HTMLInputElement>("[name=volume_ml]")!.value = volume;
  root.querySelector("form")!.dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
}

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test("what is known is told, with units, to everybody; only some may say more", async () => {
  const root = (await shown(false)).shadowRoot as ShadowRoot;
  const text = root.textContent?.replace(/\s+/g, " ") ?? "";
  expect(text).toContain("Did feed_pump move 1.25 mL of feed into warmed?");
  expect(text).toContain("Power failed. It is not repeated; limits, volumes and bottles count 1.25 mL");
  expect(text).toContain("ada or an administrator can say what moved");
  expect(root.querySelector("form")).toBeNull();
});

test.each([
  ["all", "", 1.25],
  ["nothing", "", 0],
  ["some", "0.4", 0.4],
])("%s that moved is told with how one knows", async (choice, volume, moved) => {
  const sent: [string, unknown][] = [];
  vi.stubGlobal("fetch", async (path: string, { body }: RequestInit) => {
    sent.push([path, JSON.parse(String(body))]);
    return Response.json({ outcome: "done", reason: "" });
  });
  const element = await shown(true);
  const resolved = vi.fn();
  element.addEventListener("resolved", resolved);
  await say(element, choice, "the tube is dry", volume);
  await vi.waitFor(() => expect(resolved).toHaveBeenCalled());
  expect(sent).toEqual([
    ["/api/experiments/e1/doses/resolve", { key: dose.key, volume_ml: moved, note: "the tube is dry" }],
  ]);
});

test("a refusal is told in the worker's words", async () => {
  vi.stubGlobal("fetch", async () => Response.json({ outcome: "refused", reason: "the run of warmed is over" }));
  const element = await shown(true);
  await say(element, "nothing", "seen");
  await vi.waitFor(() =>
    expect(element.shadowRoot?.querySelector("[role=alert]")?.textContent).toBe("the run of warmed is over"),
  );
});

import { afterEach, expect, test, vi } from "vitest";
import type { Machine } from "../api/types.js";
import { AxenicConfirm } from "./axenic-confirm.js";
import { against } from "./axenic-machine.js";

const machine: Machine = {
  name: "unit1",
  is_leader: false,
  outcome: "done",
  reason: "",
  ahead_s: 0.5,
  ahead_within_s: 0.1,
  report: {
    system: {
      host: "unit1",
      model: "Raspberry Pi 5",
      system: "Linux",
      machine: "aarch64",
      python: "3.11",
      axenic: "1",
      process: 4,
      uptime_s: 60,
      load: 0.2,
      memory_free_bytes: null,
      disk_free_bytes: 2 ** 31,
      temperature_c: 48,
    },
    clock: { wall_s: 5, trusted: true, monotonic_s: 2 },
    may: ["reboot"],
  },
};

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

test("a clock is only told apart from the leader's by more than the question took", () => {
  expect(against(0.1, 0.2)).toBe("as the leader's");
  expect(against(-3, 0.2)).toContain("behind");
  expect(against(3, 0.2)).toContain("ahead");
});

test("what its settings allow can be done once somebody is sure, and what runs is named", async () => {
  const posted: unknown[] = [];
  vi.stubGlobal("fetch", async (_: string, request: RequestInit) => {
    if (request.method !== "POST") return Response.json(machine);
    posted.push(JSON.parse(request.body as string));
    return Response.json({ id: "c", outcome: "done", reason: "", result: {} });
  });
  const sure = vi.spyOn(AxenicConfirm, "ask").mockResolvedValue(true);
  const element = document.createElement("axenic-machine");
  element.worker = "unit1";
  element.isReady = true;
  element.runs = ["warmed"];
  document.body.append(element);
  await element.updateComplete;
  const details = element.shadowRoot?.querySelector("details") as HTMLDetailsElement;
  details.open = true;
  details.dispatchEvent(new Event("toggle"));
  await vi.waitFor(() => expect(element.shadowRoot?.textContent).toContain("Raspberry Pi 5"));
  element.shadowRoot?.querySelector<HTMLButtonElement>(".deeds button")?.click();
  await vi.waitFor(() => expect(posted).toEqual([{ do: "reboot", while_running: true }]));
  await vi.waitFor(() => expect(element.shadowRoot?.textContent).toContain("It reboots."));
  expect(sure.mock.calls[0]?.[0].text).toContain("warmed runs there");
});

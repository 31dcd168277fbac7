import { afterEach, expect, test, vi } from "vitest";
import "./axenic-buttons.js";

async function shown() {
  const element = document.createElement("axenic-buttons");
  element.experiment = "e1";
  element.buttons = [{ name: "rinse", vessels: ["control", "warmed"] }];
  document.body.append(element);
  await element.updateComplete;
  return element;
}

function press(element: HTMLElement): void {
  element.shadowRoot?.querySelector("button")?.click();
}

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test("nothing is shown where nothing can be pressed", async () => {
  const element = document.createElement("axenic-buttons");
  document.body.append(element);
  await element.updateComplete;
  expect(element.shadowRoot?.querySelector("button")).toBeNull();
});

test("a press is sent once, and who took it up is told", async () => {
  const asked: [string, RequestInit | undefined][] = [];
  const vessels = [
    { vessel: "control", outcome: "done", reason: "" },
    { vessel: "warmed", outcome: "refused", reason: "it cannot be reached" },
  ];
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    asked.push([String(url), init]);
    return new Response(JSON.stringify({ vessels }), {
      headers: { "Content-Type": "application/json" },
    });
  });
  const element = await shown();
  press(element);
  await vi.waitFor(() =>
    expect(element.shadowRoot?.querySelector('[role="status"]')?.textContent).toBe("rinse: control"),
  );
  expect(element.shadowRoot?.querySelector('[role="alert"]')?.textContent).toBe(
    "warmed: it cannot be reached",
  );
  expect(asked).toHaveLength(1);
  expect(asked[0]?.[0]).toContain("/api/experiments/e1/press");
  expect(asked[0]?.[1]?.body).toBe(JSON.stringify({ button: "rinse" }));
});

test("a refusal is said beside the buttons", async () => {
  const problem = { type: "about:blank", title: "Conflict", status: 409, detail: "it is paused" };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(problem), { status: 409 }));
  const element = await shown();
  press(element);
  await vi.waitFor(() =>
    expect(element.shadowRoot?.querySelector('[role="alert"]')?.textContent).toBe("it is paused"),
  );
});

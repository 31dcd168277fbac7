import { afterEach, expect, test, vi } from "vitest";
import "./axenic-document.js";
import type { AxenicDocument } from "./axenic-document.js";

interface Asked {
  method: string;
  path: string;
  match: string | null;
  body: unknown;
}

const PAST = { id: "a".repeat(40), author: "ada", at_wall_s: 1_800_000_000, message: "Begin" };

/** A leader that answers by method and last part of the path. */
function leader(answers: Record<string, [number, unknown]>): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (path: string, request: RequestInit = {}) => {
    const method = request.method ?? "GET";
    const headers = request.headers as Record<string, string>;
    const body = typeof request.body === "string" ? JSON.parse(request.body) : null;
    asked.push({ method, path, match: headers["If-Match"] ?? null, body });
    const last = path.split("?")[0]?.split("/").pop() ?? "";
    const [status, answer] = answers[`${method} ${last}`] ?? [404, { title: "Not Found", status: 404, detail: "" }];
    return new Response(JSON.stringify(answer), { status });
  });
  return asked;
}

async function shown(): Promise<AxenicDocument> {
  const element = document.createElement("axenic-document");
  element.path = "growth/a.yaml";
  document.body.append(element);
  await vi.waitFor(() => expect(element.shadowRoot?.textContent).toContain("growth/a.yaml"));
  await new Promise((resolve) => setTimeout(resolve, 0));
  await element.updateComplete;
  return element;
}

function press(element: AxenicDocument, label: string): void {
  const all = [...(element.shadowRoot?.querySelectorAll("button") ?? [])];
  all.find((each) => each.textContent?.trim() === label)?.click();
}

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const KEPT = { path: "growth/a.yaml", file: "a.yaml", text: "1\n", files: {}, blob: "b1", commit: null };

test("a document is read by its path, with its past", async () => {
  const asked = leader({
    "GET growth%2Fa.yaml": [200, KEPT],
    "GET history": [200, { items: [PAST], next: null }],
  });
  const element = await shown();
  await vi.waitFor(() => expect(element.shadowRoot?.textContent).toContain("Begin"));
  expect(asked[0]?.path).toBe("/api/library/files/growth%2Fa.yaml");
});

test("who was slower is shown the difference, and may save on top of it", async () => {
  const refused = { title: "", status: 412, detail: "", difference: "-theirs\n+mine\n", blob: "b2" };
  const answers: Record<string, [number, unknown]> = {
    "GET growth%2Fa.yaml": [200, KEPT],
    "GET history": [200, { items: [], next: null }],
    "PUT growth%2Fa.yaml": [412, refused],
  };
  const asked = leader(answers);
  const element = await shown();
  const code = element.shadowRoot?.querySelector("axenic-code");
  code?.dispatchEvent(new CustomEvent("edited", { detail: "mine\n" }));
  await element.updateComplete;
  element.shadowRoot?.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
  await vi.waitFor(() => expect(element.shadowRoot?.textContent).toContain("Somebody else saved"));
  expect(asked.find((each) => each.method === "PUT")).toMatchObject({
    match: '"b1"',
    body: { text: "mine\n", message: "" },
  });
  answers["PUT growth%2Fa.yaml"] = [200, { ...KEPT, text: "mine\n", blob: "b3" }];
  press(element, "Save mine in its place");
  await vi.waitFor(() => expect(element.shadowRoot?.textContent).toContain("Saved."));
  expect(asked.filter((each) => each.method === "PUT")[1]?.match).toBe('"b2"');
});

test("the difference to an older version is shown and hidden", async () => {
  leader({
    "GET growth%2Fa.yaml": [200, KEPT],
    "GET history": [200, { items: [PAST], next: null }],
    "GET difference": [200, { old: PAST.id, new: null, difference: "-0\n+1\n" }],
  });
  const element = await shown();
  await vi.waitFor(() => expect(element.shadowRoot?.textContent).toContain("Difference to now"));
  press(element, "Difference to now");
  await vi.waitFor(() => expect(element.shadowRoot?.querySelector("axenic-difference")?.text).toBe("-0\n+1\n"));
  press(element, "Difference to now");
  await element.updateComplete;
  expect(element.shadowRoot?.querySelector("axenic-difference")).toBeNull();
});

test("what is written and not saved holds up who leaves the page", async () => {
  leader({ "GET growth%2Fa.yaml": [200, KEPT], "GET history": [200, { items: [], next: null }] });
  const element = await shown();
  const leaves = () => dispatchEvent(new Event("beforeunload", { cancelable: true }));
  expect([element.isChanged, leaves()]).toEqual([false, true]);
  const code = element.shadowRoot?.querySelector("axenic-code");
  code?.dispatchEvent(new CustomEvent("edited", { detail: "2\n" }));
  expect([element.isChanged, leaves()]).toEqual([true, false]);
});

test("a document that could not be read is not called a new one", async () => {
  leader({ "GET growth%2Fa.yaml": [503, { title: "Busy", status: 503, detail: "the store is busy" }] });
  const element = await shown();
  await vi.waitFor(() => expect(element.shadowRoot?.textContent).toContain("the store is busy"));
  expect(element.shadowRoot?.textContent).not.toContain("no such document");
});

test("what is not there yet cannot be used, and once it is saved it can", async () => {
  leader({ "PUT growth%2Fa.yaml": [200, KEPT], "GET history": [200, { items: [], next: null }] });
  const element = await shown();
  const use = () => element.shadowRoot?.querySelector('a[href^="/new"]');
  expect(element.shadowRoot?.textContent).toContain("no such document yet");
  expect(use()).toBeNull();
  element.shadowRoot?.querySelector("axenic-code")?.dispatchEvent(new CustomEvent("edited", { detail: "1\n" }));
  await element.updateComplete;
  press(element, "Save");
  await vi.waitFor(() => expect(use()).not.toBeNull());
});

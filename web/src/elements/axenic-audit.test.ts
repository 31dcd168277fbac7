import { afterEach, expect, test, vi } from "vitest";
import type { Deed } from "../api/types.js";
import "./axenic-audit.js";

const deed: Deed = {
  id: 7,
  at_wall_s: 1_764_320_000,
  actor: "ada",
  role: "administrator",
  address: "10.0.0.7",
  deed: "hold_experiment",
  experiment: "e1",
  detail: { note: "later" },
  status: 403,
};

async function page(answers: (path: string) => Response) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return path.startsWith("/api/experiments?") ? Response.json({ items: [] }) : answers(path);
  });
  const element = document.createElement("axenic-audit");
  element.data = { deeds: ["hold_experiment", "submit_experiment"] };
  document.body.append(element);
  await element.updateComplete;
  return { root: element.shadowRoot as ShadowRoot, asked };
}

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
  history.replaceState(null, "", "/audit");
});

test("each deed says who, when, from where, what and what came of it", async () => {
  const { root } = await page(() => Response.json({ items: [deed], next: null }));
  await vi.waitFor(() => expect(root.querySelector("tbody tr")).not.toBeNull());
  const row = root.querySelector("tbody tr")!;
  const text = row.textContent?.replace(/\s+/g, " ");
  expect(text).toContain("ada administrator, 10.0.0.7");
  expect(text).toContain("hold experiment");
  expect(text).toContain("notelater");
  expect(row.querySelector("a")?.getAttribute("href")).toBe("/experiments/e1");
  expect(row.querySelector("axenic-state")?.is).toBe("refused");
});

test("a filter is asked for, stands in the address, and later pages go on at the cursor", async () => {
  history.replaceState(null, "", "/audit?experiment=e1&actor=ada");
  const { root, asked } = await page(() => Response.json({ items: [deed], next: "7" }));
  await vi.waitFor(() => expect(root.querySelector(".more button")).not.toBeNull());
  root.querySelector<HTMLButtonElement>(".more button")!.click();
  await vi.waitFor(() => expect(root.querySelectorAll("tbody tr")).toHaveLength(2));
  const select = root.querySelector<HTMLSelectElement>("#deed")!;
  select.value = "hold_experiment";
  select.dispatchEvent(new Event("change", { bubbles: true }));
  await vi.waitFor(() => expect(root.querySelectorAll("tbody tr")).toHaveLength(1));
  expect(location.search).toBe("?experiment=e1&actor=ada&deed=hold_experiment");
  expect(asked.filter((path) => path.includes("audit"))).toEqual([
    "/api/experiments/e1/audit?actor=ada&limit=50",
    "/api/experiments/e1/audit?actor=ada&limit=50&cursor=7",
    "/api/experiments/e1/audit?actor=ada&deed=hold_experiment&limit=50",
  ]);
});

test("who is no administrator is told what they can look at", async () => {
  const problem = { type: "", title: "Forbidden", status: 403, detail: "only administrators" };
  const { root } = await page(() => Response.json(problem, { status: 403 }));
  await vi.waitFor(() => expect(root.querySelector("[role=alert]")?.textContent).toContain("Choose an experiment"));
});

test("who is no administrator is given the experiments to choose from", async () => {
  const problem = { type: "", title: "Forbidden", status: 403, detail: "only administrators" };
  const items = [
    { id: "e2", name: "Cold", actor: "bob" },
    { id: "e1", name: "Warm", actor: "local" },
  ];
  vi.stubGlobal("fetch", async (path: string) =>
    path.startsWith("/api/experiments?")
      ? Response.json({ items, next: null })
      : Response.json(problem, { status: 403 }),
  );
  const element = document.createElement("axenic-audit");
  element.data = { deeds: [] };
  document.body.append(element);
  await vi.waitFor(() => expect(element.shadowRoot?.querySelectorAll(".choices a")).toHaveLength(2));
  const links = [...element.shadowRoot!.querySelectorAll(".choices a")];
  expect(links.map((each) => each.getAttribute("href"))).toEqual([
    "/audit?experiment=e1",
    "/audit?experiment=e2",
  ]);
});

import { afterEach, expect, test, vi } from "vitest";
import type { Picture, Run } from "../api/types.js";
import "./axenic-pictures.js";

const run: Run = {
  vessel: "warmed",
  worker: "unit1",
  reactor: "unit1",
  state: "running",
  reason: "",
  answer: "accepted",
  revision: 1,
  phase: "hold",
  visit: 1,
  process_s: 7200,
  phase_s: 10,
  began_wall_s: 0,
  ended_wall_s: null,
  waits_at: null,
  waits_for: [],
};

function picture(id: number, more: Partial<Picture> = {}): Picture {
  return {
    id,
    vessel: "warmed",
    camera: "camera",
    label: "",
    file: `pictures/${id}.png`,
    sha256: "0",
    size_bytes: 10,
    process_s: 600 * id,
    at_wall_s: 600 * id,
    state: "here",
    ...more,
  };
}

async function shown(pictures: Picture[], more: object = {}) {
  const element = document.createElement("axenic-pictures");
  Object.assign(element, { experiment: "e1", run, pictures, ...more });
  document.body.append(element);
  await element.updateComplete;
  return element;
}

const source = (element: HTMLElement) => element.shadowRoot?.querySelector("img")?.getAttribute("src");
const words = (element: HTMLElement) => element.shadowRoot?.textContent?.replace(/\s+/g, " ") ?? "";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test("the newest picture that is here is shown, and how many have still to come", async () => {
  const element = await shown([picture(1), picture(2, { label: "Foam" }), picture(3, { state: "waiting" }), picture(4, { state: "gone" })]);
  expect(source(element)).toBe("/api/experiments/e1/pictures/2");
  expect(words(element)).toContain("after 20 min: Foam");
  expect(words(element)).toContain("2 of 2");
  expect(words(element)).toContain("1 more is still on unit1");
});

test("a slider goes through all of them, and its end follows what comes", async () => {
  const element = await shown([picture(1), picture(2)]);
  const slider = element.shadowRoot!.querySelector("input")!;
  slider.value = "0";
  slider.dispatchEvent(new Event("input"));
  await element.updateComplete;
  expect(source(element)).toBe("/api/experiments/e1/pictures/1");
  element.pictures = [picture(1), picture(2), picture(3)];
  await element.updateComplete;
  expect(source(element)).toBe("/api/experiments/e1/pictures/1");
  expect(slider.getAttribute("aria-valuetext")).toBe("warmed after 10 min, 1 of 3");
  slider.value = "2";
  slider.dispatchEvent(new Event("input"));
  element.pictures = [picture(1), picture(2), picture(3), picture(4)];
  await element.updateComplete;
  expect(source(element)).toBe("/api/experiments/e1/pictures/4");
});

test("it plays from the first to the newest, and stops there", async () => {
  vi.useFakeTimers();
  const element = await shown([picture(1), picture(2), picture(3)]);
  const image = element.shadowRoot!.querySelector("img")!;
  Object.defineProperty(image, "complete", { value: true });
  const [play] = element.shadowRoot!.querySelectorAll("button");
  play!.click();
  await element.updateComplete;
  const seen = [source(element)];
  for (let frame = 0; frame < 3; frame += 1) {
    vi.advanceTimersByTime(125);
    await element.updateComplete;
    seen.push(source(element));
  }
  expect(seen.map((each) => each!.at(-1))).toEqual(["1", "2", "3", "3"]);
  expect(play!.textContent).toBe("Play");
});

test("a person takes one where a camera's job runs, and reads why there is none", async () => {
  const asked = vi.fn(async () =>
    Response.json({ id: "c", outcome: "failed", reason: "the camera is silent", result: {} }),
  );
  vi.stubGlobal("fetch", asked);
  const element = await shown([], { hasCamera: true });
  expect(words(element)).toContain("There is no picture here yet.");
  element.shadowRoot!.querySelector("button")!.click();
  await vi.waitFor(() => expect(words(element)).toContain("No picture: the camera is silent"));
  const [path, { body }] = asked.mock.calls[0] as unknown as [string, { body: string }];
  expect(String(path)).toContain("/api/workers/unit1/command");
  expect(JSON.parse(body)).toMatchObject({ name: "snapshot", reactor: "unit1" });
});

test("nothing is offered where no camera is", async () => {
  const element = await shown([picture(1)]);
  expect(element.shadowRoot!.querySelectorAll("button")).toHaveLength(0);
});

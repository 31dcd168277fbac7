import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StreamListener } from "./stream.js";
import { Watch } from "./watch.js";

let listener: StreamListener | undefined;
let after = 0;

vi.mock("./stream.js", () => ({
  Stream: class {
    constructor(heard: StreamListener, lastId: number) {
      [listener, after] = [heard, lastId];
    }
    open(): void {}
    close(): void {
      listener = undefined;
    }
  },
}));

const EVERY_MS = 15_000;
const SOON_MS = 300;
const look = vi.fn(async () => undefined);
const requestUpdate = vi.fn();
const page = {
  data: { event_id: 41 },
  look,
  requestUpdate,
  addController: vi.fn(),
  removeController: vi.fn(),
  updateComplete: Promise.resolve(true),
};
let watch: Watch;

function happens(kind: string): void {
  listener?.event({ kind } as Parameters<StreamListener["event"]>[0]);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  watch = new Watch(page, new Set(["queue"]), EVERY_MS);
  watch.hostConnected();
});
afterEach(() => {
  watch.hostDisconnected();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("it goes on after the event that the page knows", () => {
  expect(page.addController).toHaveBeenCalledWith(watch);
  expect(after).toBe(41);
});

test("what comes at once is looked at once, and only what concerns the page", () => {
  happens("action");
  vi.advanceTimersByTime(SOON_MS);
  expect(look).not.toHaveBeenCalled();
  happens("queue");
  happens("queue");
  listener?.returned();
  vi.advanceTimersByTime(SOON_MS);
  expect(look).toHaveBeenCalledTimes(1);
  happens("queue");
  vi.advanceTimersByTime(SOON_MS);
  expect(look).toHaveBeenCalledTimes(2);
});

test("it looks now and then, unless nobody sees the page", () => {
  vi.advanceTimersByTime(EVERY_MS);
  expect(look).toHaveBeenCalledTimes(1);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  vi.advanceTimersByTime(EVERY_MS);
  expect(look).toHaveBeenCalledTimes(1);
  vi.restoreAllMocks();
});

test("the page shows how the connection is", () => {
  listener?.connection({ is: "live" });
  expect(watch.link).toEqual({ is: "live" });
  expect(requestUpdate).toHaveBeenCalledTimes(1);
});

test("nothing is looked at once the page is gone", () => {
  happens("queue");
  watch.hostDisconnected();
  vi.advanceTimersByTime(2 * EVERY_MS);
  expect(look).not.toHaveBeenCalled();
});

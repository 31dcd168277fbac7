import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Connection, Stream } from "./stream.js";

class FakeSource {
  static all: FakeSource[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  closed = false;

  constructor(readonly url: string) {
    FakeSource.all.push(this);
  }
  addEventListener(): void {}
  close(): void {
    this.closed = true;
  }
  tell(id: number): void {
    this.onmessage?.({ data: JSON.stringify({ id }) });
  }
}

let heard: number[];
let links: Connection["is"][];
let returned: number;
let stream: Stream;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
  FakeSource.all = [];
  heard = [];
  links = [];
  returned = 0;
  stream = new Stream(
    {
      event: (event) => heard.push(event.id),
      readings: () => undefined,
      connection: (link) => links.push(link.is),
      returned: () => (returned += 1),
    },
    41,
    "e1",
  );
  stream.open();
});
afterEach(() => {
  stream.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function newest(): FakeSource {
  return FakeSource.all.at(-1)!;
}

test("it begins after the event that the page knows", () => {
  expect(newest().url).toBe("/api/stream?after=41&experiment=e1");
});

test("an event that comes again is heard once", () => {
  newest().onopen?.();
  for (const id of [42, 42, 41, 43]) newest().tell(id);
  expect(heard).toEqual([42, 43]);
});

test("after a loss it goes on after what it heard last, and says that it is back", async () => {
  newest().onopen?.();
  newest().tell(50);
  newest().onerror?.();
  expect(newest().closed).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(newest().url).toContain("after=50");
  expect(returned).toBe(0);
  newest().onopen?.();
  expect(returned).toBe(1);
  expect(links).toEqual(["connecting", "live", "connecting", "live"]);
});

test("a leader that stays away is offline, and asked again and again", async () => {
  newest().onopen?.();
  newest().onerror?.();
  await vi.advanceTimersByTimeAsync(1000);
  newest().onerror?.();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(links.at(-1)).toBe("offline");
  expect(FakeSource.all.length).toBeGreaterThan(2);
});

test("a page that nobody sees leaves its connection, and comes back when it is seen", async () => {
  newest().onopen?.();
  newest().tell(60);
  const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(61_000);
  expect(newest().closed).toBe(true);
  visibility.mockRestore();
  document.dispatchEvent(new Event("visibilitychange"));
  expect(newest().closed).toBe(false);
  expect(newest().url).toContain("after=60");
});

test("a closed stream stays closed", async () => {
  stream.close();
  const many = FakeSource.all.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSource.all).toHaveLength(many);
});

// One connection to /api/stream: every durable event once, live readings as they come.
import type { Event, ReadingsEvent } from "../api/types.js";

export type Connection =
  | { is: "live" }
  | { is: "connecting" }
  | { is: "offline"; sinceMs: number };

export interface StreamListener {
  event(event: Event): void;
  readings(readings: ReadingsEvent): void;
  connection(connection: Connection): void;
  /** The connection is back: live readings of the meantime are to be fetched. */
  returned(): void;
}

const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const OFFLINE_AFTER_MS = 4000;
const SILENT_MAX_MS = 20_000;
/** Browsers open six connections to a leader at most: pages that nobody sees leave theirs. */
const HIDDEN_MAX_MS = 60_000;

export class Stream {
  private source: EventSource | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private late: ReturnType<typeof setTimeout> | undefined;
  private leaving: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private wasLive = false;
  private lostAtMs = 0;
  private heardAtMs = 0;

  constructor(
    private readonly listener: StreamListener,
    private lastId: number,
    private readonly experiment: string | null = null,
  ) {}

  open(): void {
    addEventListener("online", this.hurry);
    addEventListener("offline", this.lost);
    document.addEventListener("visibilitychange", this.wake);
    this.listener.connection({ is: "connecting" });
    this.connect();
  }

  close(): void {
    removeEventListener("online", this.hurry);
    removeEventListener("offline", this.lost);
    document.removeEventListener("visibilitychange", this.wake);
    this.leave();
    clearTimeout(this.leaving);
  }

  private leave(): void {
    clearTimeout(this.retry);
    clearTimeout(this.late);
    this.source?.close();
    this.source = null;
  }

  private connect(): void {
    this.source?.close();
    const query = new URLSearchParams({ after: String(this.lastId) });
    if (this.experiment !== null) query.set("experiment", this.experiment);
    const source = new EventSource(`/api/stream?${query}`);
    this.source = source;
    source.onopen = () => this.opened();
    source.onerror = () => this.lost();
    source.onmessage = (message) => this.take(message);
    source.addEventListener("readings", (message) => {
      this.heardAtMs = Date.now();
      this.listener.readings(JSON.parse((message as MessageEvent<string>).data) as ReadingsEvent);
    });
  }

  private opened(): void {
    this.failures = 0;
    this.lostAtMs = 0;
    this.heardAtMs = Date.now();
    clearTimeout(this.late);
    this.listener.connection({ is: "live" });
    if (this.wasLive) this.listener.returned();
    this.wasLive = true;
  }

  private take(message: MessageEvent<string>): void {
    this.heardAtMs = Date.now();
    const event = JSON.parse(message.data) as Event;
    if (event.id <= this.lastId) return;
    this.lastId = event.id;
    this.listener.event(event);
  }

  // The browser's own way back gives up for good on some answers: go back by hand, always.
  private readonly lost = (): void => {
    this.source?.close();
    if (this.lostAtMs === 0) {
      this.lostAtMs = Date.now();
      this.listener.connection({ is: "connecting" });
      this.late = setTimeout(
        () => this.listener.connection({ is: "offline", sinceMs: this.lostAtMs }),
        OFFLINE_AFTER_MS,
      );
    }
    const waitMs = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 1000;
    this.failures += 1;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), waitMs * (0.75 + Math.random() / 2));
  };

  private readonly hurry = (): void => {
    clearTimeout(this.retry);
    this.connect();
  };

  // A laptop that slept holds a connection that is dead without knowing.
  private readonly wake = (): void => {
    clearTimeout(this.leaving);
    if (document.visibilityState === "hidden") {
      this.leaving = setTimeout(() => this.leave(), HIDDEN_MAX_MS);
    } else if (this.source === null || Date.now() - this.heardAtMs > SILENT_MAX_MS) {
      this.hurry();
    }
  };
}

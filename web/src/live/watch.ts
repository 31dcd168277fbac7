// Keeps a page in step with the leader: it looks again when something happens, and now and then.
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Event } from "../api/types.js";
import { type Connection, Stream, type StreamListener } from "./stream.js";

const LOOK_SOON_MS = 300;

/** A page whose data the server laid into it, up to that event. */
export interface Watcher extends ReactiveControllerHost {
  data: { event_id: number };
  look(): Promise<void>;
}

export class Watch implements ReactiveController, StreamListener {
  link: Connection = { is: "connecting" };
  private stream: Stream | undefined;
  private every: ReturnType<typeof setInterval> | undefined;
  private soon: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly page: Watcher,
    private readonly kinds: ReadonlySet<string>,
    private readonly everyMs: number,
    /** Hears each event of those kinds at once, before the page looks again. */
    private readonly hear: (event: Event) => void = () => undefined,
  ) {
    page.addController(this);
  }

  hostConnected(): void {
    this.stream = new Stream(this, this.page.data.event_id);
    this.stream.open();
    this.every = setInterval(() => {
      if (!document.hidden) void this.page.look();
    }, this.everyMs);
  }

  hostDisconnected(): void {
    this.stream?.close();
    clearInterval(this.every);
    clearTimeout(this.soon);
    this.soon = undefined;
  }

  /** Look once for all that happens within a moment. */
  lookSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      void this.page.look();
    }, LOOK_SOON_MS);
  }

  event(event: Event): void {
    if (!this.kinds.has(event.kind)) return;
    this.hear(event);
    this.lookSoon();
  }

  readings(): void {
    // Measured values are shown with their experiment.
  }

  connection(link: Connection): void {
    this.link = link;
    this.page.requestUpdate();
  }

  returned(): void {
    this.lookSoon();
  }
}

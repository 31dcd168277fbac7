import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { steerExperiment } from "../api/experiments.js";
import { told } from "../api/http.js";
import { copyEntry, getQueue, holdEntry, holdQueue, moveEntry, releaseEntry, releaseQueue } from "../api/queue.js";
import type { ClockNow, Entry, Queue } from "../api/types.js";
import { Clock } from "../live/clock.js";
import { Watch, type Watcher } from "../live/watch.js";
import { type Way, dropTo, peersOf, stepTo } from "../live/turns.js";
import { who } from "../live/who.js";
import { pageHead } from "../styles/head.js";
import { shared } from "../styles/shared.js";
import { AxenicConfirm } from "./axenic-confirm.js";
import "./axenic-connection.js";
import type { AxenicQueueEntry, Wanted } from "./axenic-queue-entry.js";
import "./axenic-queue-entry.js";

interface QueuePageData {
  event_id: number;
  clock: ClockNow;
  queue: Queue;
}

const LOOK_EVERY_MS = 15_000;
const TELLING = new Set(["experiment", "run", "worker", "capabilities", "queue"]);

/** What waits, in the order of turns. */
@customElement("axenic-queue")
export class AxenicQueue extends LitElement implements Watcher {
  static override styles = [
    shared,
    pageHead,
    css`
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
        display: grid;
        gap: 0.75rem;
      }
      li.over {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
        border-radius: var(--radius);
      }
      .said:not(:empty) {
        margin-bottom: 0.75rem;
        color: var(--muted);
      }
      .held {
        display: flex;
        flex-wrap: wrap;
        gap: 0.75rem 1.25rem;
        align-items: center;
        padding: 0.875rem clamp(1rem, 2vw, 1.375rem);
        margin-bottom: 1rem;
        background: var(--warn-soft);
        color: var(--warn);
      }
      .held p {
        flex: 1 1 12rem;
        overflow-wrap: anywhere;
      }
      form {
        margin-bottom: 1rem;
        max-width: 34rem;
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      form input {
        flex: 1 1 9rem;
        min-width: 0;
      }
    `,
  ];

  @property({ attribute: false }) data!: QueuePageData;
  @state() private queue!: Queue;
  @state() private said = "";
  @state() private dragged: Entry | null = null;
  @state() private over = "";
  private clock!: Clock;
  private readonly watch = new Watch(this, TELLING, LOOK_EVERY_MS);
  private readonly someoneElse = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.queue ??= this.data.queue;
    this.clock ??= new Clock(this.data.clock);
    addEventListener("axenic-who", this.someoneElse);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("axenic-who", this.someoneElse);
  }

  protected override render() {
    const { entries } = this.queue;
    return html`<header class="head">
        <h1>Queue</h1>
        <axenic-connection .link=${this.watch.link}></axenic-connection>
        <a class="button primary" href="/new">New experiment</a>
      </header>
      ${this.hold()}
      <p class="said" role="status">${this.said || nothing}</p>
      ${entries.length === 0
        ? html`<section class="card empty"><h2>Nothing waits</h2></section>`
        : html`<ol @wanted=${this.wanted} @changed=${() => this.watch.lookSoon()}>
            ${repeat(entries, (each) => each.experiment.id, (each) => this.row(each))}
          </ol>`}`;
  }

  private row(entry: Entry) {
    const { name, role } = who();
    const id = entry.experiment.id;
    const isMine = role === "administrator" || entry.experiment.actor === name;
    const canMove = isMine && peersOf(this.queue.entries, entry, who()).length > 1;
    return html`<li
      id="entry-${id}"
      class=${this.over === id ? "over" : ""}
      draggable=${canMove ? "true" : "false"}
      @dragstart=${() => (this.dragged = entry)}
      @dragend=${() => ((this.dragged = null), (this.over = ""))}
      @dragover=${(event: DragEvent) => this.dragOver(event, entry)}
      @drop=${(event: DragEvent) => this.drop(event, entry)}
    >
      <axenic-queue-entry
        .entry=${entry}
        .nowS=${this.clock.nowS()}
        .isMine=${isMine}
        .canMove=${canMove}
      ></axenic-queue-entry>
    </li>`;
  }

  private hold() {
    const { hold } = this.queue;
    const mayRelease = who().role === "administrator";
    if (hold !== null) {
      return html`<section class="card held" aria-label="The queue is held">
        <p>Held by ${hold.by}${hold.note ? html`: ${hold.note}` : nothing}. What runs goes on.</p>
        ${mayRelease ? html`<button @click=${() => this.done(releaseQueue())}>Release the queue</button>` : nothing}
      </section>`;
    }
    if (!mayRelease) return nothing;
    return html`<form @submit=${this.holdAll}>
      <input name="note" maxlength="500" aria-label="Why the queue is to be held" placeholder="Maintenance: new pumps" />
      <button>Hold the queue</button>
    </form>`;
  }

  private holdAll(event: SubmitEvent): void {
    event.preventDefault();
    const note = new FormData(event.target as HTMLFormElement).get("note");
    void this.done(holdQueue(String(note ?? "")));
  }

  private async wanted(event: CustomEvent<Wanted>): Promise<void> {
    const { entry, verb } = event.detail;
    const { id, name } = entry.experiment;
    if (verb === "up" || verb === "down") {
      await this.move(entry, stepTo(this.queue.entries, entry, verb, who()), verb);
    } else if (verb === "hold") {
      await this.done(holdEntry(id, ""), `${name} is held`);
    } else if (verb === "release") {
      await this.done(releaseEntry(id), `${name} may start`);
    } else if (verb === "copy") {
      await this.done(copyEntry(id), `${name} is queued once more`);
    } else if (await AxenicConfirm.ask({ title: `Cancel ${name}?`, text: "It never begins.", verb: "Cancel it", isDangerous: true })) {
      await this.done(steerExperiment(id, "cancel"), `${name} is cancelled`);
    }
  }

  private dragOver(event: DragEvent, on: Entry): void {
    if (this.dragged === null || dropTo(this.queue.entries, this.dragged, on, who()) === null) return;
    event.preventDefault();
    this.over = on.experiment.id;
  }

  private drop(event: DragEvent, on: Entry): void {
    event.preventDefault();
    const one = this.dragged;
    this.over = "";
    if (one !== null) void this.move(one, dropTo(this.queue.entries, one, on, who()));
  }

  private async move(entry: Entry, to: string | null, way?: Way): Promise<void> {
    const { id, name } = entry.experiment;
    if (to === null) {
      this.said = `${name} can go no further`;
      return;
    }
    await this.done(moveEntry(id, to));
    const now = this.queue.entries.find((each) => each.experiment.id === id);
    if (now === undefined || this.said) return;
    this.said =
      now.position === entry.position
        ? `${name} keeps turn ${now.position}: who has fewer vessels running comes first`
        : `${name} has turn ${now.position} of ${this.queue.entries.length}`;
    await this.updateComplete;
    if (way !== undefined) this.entryOf(id)?.focusOn(way);
  }

  private entryOf(id: string): AxenicQueueEntry | null | undefined {
    return this.shadowRoot?.getElementById(`entry-${id}`)?.querySelector("axenic-queue-entry");
  }

  private async done(asked: Promise<unknown>, words = ""): Promise<void> {
    try {
      await asked;
      this.said = words;
      await this.look();
    } catch (error) {
      this.said = told(error);
    }
  }

  async look(): Promise<void> {
    try {
      this.queue = await getQueue();
    } catch (error) {
      console.info("asked again in a while:", told(error));
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-queue": AxenicQueue;
  }
}

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { told } from "../api/http.js";
import type { ClockNow, Worker } from "../api/types.js";
import { listWorkers, stopAllWorkers } from "../api/workers.js";
import { Clock } from "../live/clock.js";
import { Watch, type Watcher } from "../live/watch.js";
import { pageHead } from "../styles/head.js";
import { shared } from "../styles/shared.js";
import { AxenicConfirm } from "./axenic-confirm.js";
import "./axenic-connection.js";
import "./axenic-worker.js";

interface WorkersPageData {
  event_id: number;
  clock: ClockNow;
  workers: Worker[];
  /** Of settings, by their names. */
  units: Record<string, string>;
}

const LOOK_EVERY_MS = 5000;
const TELLING = new Set(["worker", "capabilities", "calibrations", "run"]);

/** All workers. */
@customElement("axenic-workers")
export class AxenicWorkers extends LitElement implements Watcher {
  static override styles = [
    shared,
    pageHead,
    css`
      .cards {
        display: grid;
        gap: clamp(0.875rem, 2vw, 1.25rem);
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr));
      }
      .said {
        margin-bottom: 1.25rem;
      }
      code {
        font-family: var(--mono);
        font-size: 0.9em;
      }
    `,
  ];

  @property({ attribute: false }) data!: WorkersPageData;
  @state() private workers: Worker[] = [];
  @state() private said = "";
  private clock!: Clock;
  private readonly watch = new Watch(this, TELLING, LOOK_EVERY_MS);

  override connectedCallback(): void {
    super.connectedCallback();
    this.workers = this.data.workers;
    this.clock ??= new Clock(this.data.clock);
  }

  protected override render() {
    return html`<header class="head">
        <h1>Workers</h1>
        <axenic-connection .link=${this.watch.link}></axenic-connection>
        ${this.workers.length > 0
          ? html`<button class="danger" @click=${this.stopAll}>Emergency stop of all</button>`
          : nothing}
      </header>
      <p class="said" role="status" ?hidden=${!this.said}>${this.said}</p>
      ${this.workers.length === 0
        ? html`<section class="card empty">
            <h2>No worker was heard of yet</h2>
            <p>Start one beside its reactor with <code>axenic worker</code>.</p>
          </section>`
        : html`<div class="cards">
            ${this.workers.map(
              (worker) =>
                html`<axenic-worker .worker=${worker} .clock=${this.clock} .units=${this.data.units}></axenic-worker>`,
            )}
          </div>`}`;
  }

  private async stopAll(): Promise<void> {
    const sure = await AxenicConfirm.ask({
      title: "Stop all workers now?",
      text: "Pumps, heaters and stirrers of every worker are turned off, and stay off until somebody releases them and resumes what runs on them.",
      verb: "Stop everything",
      isDangerous: true,
    });
    if (!sure) return;
    try {
      const { workers } = await stopAllWorkers();
      const words = Object.entries(workers).map(
        ([worker, { outcome, reason }]) => `${worker}: ${outcome === "done" ? "stopped" : reason || outcome}`,
      );
      this.said = words.join("; ") || "No worker could be reached.";
    } catch (error) {
      this.said = told(error);
    }
    void this.look();
  }

  async look(): Promise<void> {
    try {
      this.workers = await listWorkers();
    } catch (error) {
      console.info("asked again in a while:", told(error));
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-workers": AxenicWorkers;
  }
}

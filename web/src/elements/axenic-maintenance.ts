import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { told } from "../api/http.js";
import { getMaintenance, listRuns, runNow } from "../api/maintenance.js";
import type { ClockNow, Event, Listing, Maintenance, MaintenanceRun, MaintenanceStep } from "../api/types.js";
import { Clock } from "../live/clock.js";
import { follow } from "../live/progress.js";
import { Watch, type Watcher } from "../live/watch.js";
import { who } from "../live/who.js";
import { bar, barStyles } from "../show/bar.js";
import { percent } from "../show/rates.js";
import { date, iso, stretch } from "../show/time.js";
import { pageHead } from "../styles/head.js";
import { shared } from "../styles/shared.js";
import "./axenic-connection.js";
import "./axenic-maintenance-run.js";
import "./axenic-state.js";

interface MaintenancePageData {
  event_id: number;
  clock: ClockNow;
  maintenance: Maintenance;
  runs: Listing<MaintenanceRun>;
}

const LOOK_EVERY_MS = 30_000;
const TELLING = new Set(["maintenance", "alert"]);

/** What keeps the store safe: when it is due, how it fares, how far it is, and room on the disk. */
@customElement("axenic-maintenance")
export class AxenicMaintenance extends LitElement implements Watcher {
  static override styles = [
    shared,
    pageHead,
    barStyles,
    css`
      .card {
        padding: clamp(1rem, 2vw, 1.375rem);
        --colour: var(--good);
      }
      section + section {
        margin-top: 1.25rem;
      }
      h2 {
        margin-bottom: 0.75rem;
      }
      .facts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr));
        gap: 1rem 1.5rem;
        margin: 0;
      }
      dt {
        font-size: 0.875rem;
        color: var(--muted);
      }
      dd {
        margin: 0;
        font-size: 1.25rem;
        font-weight: 620;
      }
      dd small {
        display: block;
        font-size: 0.875rem;
        font-weight: 400;
        color: var(--muted);
      }
      .steps {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .steps li {
        display: grid;
        grid-template-columns: minmax(0, 1.6fr) minmax(8rem, 1fr) auto;
        gap: 0.375rem 1.5rem;
        align-items: center;
        padding-block: 0.75rem;
        border-bottom: 1px solid var(--line);
      }
      .steps li:last-child {
        border-bottom: none;
      }
      .steps strong {
        font-weight: 600;
      }
      .steps small {
        display: block;
        color: var(--muted);
        overflow-wrap: anywhere;
      }
      .bar {
        height: 0.625rem;
        margin-block: 0 0.25rem;
      }
      .said:not(:empty) {
        margin-bottom: 1rem;
      }
      .more {
        margin-top: 0.875rem;
      }
      @media (max-width: 40rem) {
        .steps li {
          grid-template-columns: minmax(0, 1fr);
        }
        .steps button {
          justify-self: start;
        }
      }
    `,
  ];

  @property({ attribute: false }) data!: MaintenancePageData;
  @state() private now!: Maintenance;
  @state() private runs: MaintenanceRun[] = [];
  @state() private next: string | null = null;
  @state() private said = "";
  private clock!: Clock;
  private readonly watch = new Watch(this, TELLING, LOOK_EVERY_MS, (event) => this.follow(event));
  private readonly someoneElse = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock ??= new Clock(this.data.clock);
    this.now ??= this.data.maintenance;
    this.runs = this.data.runs.items;
    this.next = this.data.runs.next ?? null;
    addEventListener("axenic-who", this.someoneElse);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("axenic-who", this.someoneElse);
  }

  protected override render() {
    const mayRun = who().role === "administrator" && !this.isUnderWay();
    return html`<header class="head">
        <h1>Maintenance</h1>
        <axenic-connection .link=${this.watch.link}></axenic-connection>
        ${mayRun ? html`<button class="primary" @click=${() => this.begin([])}>Run all now</button>` : nothing}
      </header>
      <p class="said" role="status">${this.said || nothing}</p>
      <section class="card" aria-label="How it stands">${this.facts()}</section>
      <section class="card" aria-labelledby="steps">
        <h2 id="steps">Steps</h2>
        <ul class="steps">
          ${this.now.steps.map((step) => this.step(step, mayRun))}
        </ul>
      </section>
      <section class="card" aria-labelledby="runs">
        <h2 id="runs">Runs</h2>
        ${this.runs.length === 0 ? html`<p class="muted">None yet.</p>` : nothing}
        ${repeat(this.runs, (each) => each.id, (each) => html`<axenic-maintenance-run .run=${each}></axenic-maintenance-run>`)}
        ${this.next === null ? nothing : html`<p class="more"><button @click=${this.more}>Show earlier runs</button></p>`}
      </section>`;
  }

  private facts() {
    const { cron, next_wall_s: dueS, disk } = this.now;
    return html`<dl class="facts">
      <div>
        <dt>Due next</dt>
        <dd>
          ${dueS === null ? "when somebody asks" : html`<time datetime=${iso(dueS)}>${due(dueS - this.clock.nowS())}</time>`}
          <small>${dueS === null ? "no schedule is set" : `${date(dueS)}, by the schedule ${cron}`}</small>
        </dd>
      </div>
      <div>
        <dt>Room on the leader's disk</dt>
        <dd>
          ${disk.free_mib === null ? "–" : room(disk.free_mib)} <axenic-state .is=${disk.state}></axenic-state>
          <small>people are warned below ${disk.warn_mib} MiB; below ${disk.refuse_mib} MiB nothing new is started</small>
        </dd>
      </div>
      <div>
        <dt>What experiments measured</dt>
        <dd>stays<small>retention removes old backups only</small></dd>
      </div>
    </dl>`;
  }

  private step(step: MaintenanceStep, mayRun: boolean) {
    return html`<li>
      <div><strong>${step.name}</strong><small>${step.does}</small></div>
      <div>
        ${step.success_rate === null
          ? html`<small>never tried</small>`
          : html`${bar(step.success_rate, `Success rate of ${step.name}`)}
              <small>
                ${percent(step.success_rate)}: ${step.done} of ${step.tried}${step.last_done_wall_s === null ? nothing : html`, last <time datetime=${iso(step.last_done_wall_s)}>${date(step.last_done_wall_s)}</time>`}
              </small>`}
      </div>
      ${mayRun ? html`<button aria-label="Run ${step.name} now" @click=${() => this.begin([step.name])}>Run ${step.name} now</button>` : nothing}
    </li>`;
  }

  private isUnderWay(): boolean {
    return this.runs.some((each) => each.state === "running");
  }

  /** The stream tells how far it is; what it does not know of is asked for. */
  private follow(event: Event): void {
    if (event.kind !== "maintenance") return;
    const now = follow(this.runs, event);
    if (now !== null) this.runs = now;
  }

  private async begin(steps: string[]): Promise<void> {
    try {
      const run = await runNow(steps);
      this.said = `Run ${run.id} has begun.`;
      await this.look();
    } catch (error) {
      this.said = told(error);
    }
  }

  async look(): Promise<void> {
    try {
      const [now, { items, next }] = await Promise.all([getMaintenance(), listRuns()]);
      this.now = now;
      const oldest = items.at(-1)?.id ?? 0;
      const older = this.runs.filter((each) => each.id < oldest);
      if (older.length === 0) this.next = next ?? null;
      this.runs = [...items, ...older];
    } catch (error) {
      console.info("asked again in a while:", told(error));
    }
  }

  private async more(): Promise<void> {
    try {
      const { items, next } = await listRuns(this.next ?? undefined);
      this.runs = [...this.runs, ...items];
      this.next = next ?? null;
    } catch (error) {
      this.said = told(error);
    }
  }
}

function room(freeMib: number): string {
  return freeMib < 10 * 1024 ? `${freeMib} MiB` : `${Math.floor(freeMib / 1024)} GiB`;
}

function due(inS: number): string {
  return inS > 0 ? `in ${stretch(inS)}` : "now";
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-maintenance": AxenicMaintenance;
  }
}

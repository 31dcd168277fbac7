import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { told } from "../api/http.js";
import type {
  CommandOutcome,
  HandReport,
  ReactorReport,
  RunReport,
  SelfTest,
  Trial,
  Worker,
} from "../api/types.js";
import { releaseWorker, stopWorker, testReactor } from "../api/workers.js";
import type { Clock } from "../live/clock.js";
import { moment, stretch } from "../show/time.js";
import { number, quantity } from "../show/units.js";
import { shared } from "../styles/shared.js";
import { AxenicConfirm } from "./axenic-confirm.js";
import "./axenic-machine.js";
import "./axenic-state.js";

const SILENT_AFTER_S = 30;
const OVER = ["completed", "failed", "cancelled"];
const MARKS: Record<Trial["result"], string> = { passed: "✓", failed: "✗", unseen: "?", skipped: "–" };

function inMarks(test: SelfTest): string {
  if (test.ended_wall_s === null) return `under way, ${test.trials.length} devices tried`;
  const failed = test.trials.filter((each) => each.result === "failed").map((each) => each.device);
  if (failed.length > 0) return `✗ ${failed.join(", ")}`;
  return test.trouble ? "– ended early" : "✓ nothing failed";
}

/** One worker: its reactors, and what runs on them. */
@customElement("axenic-worker")
export class AxenicWorker extends LitElement {
  static override styles = [
    shared,
    css`
      article {
        height: 100%;
        display: flex;
        flex-direction: column;
        gap: 1rem;
        padding: clamp(1rem, 2vw, 1.375rem);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem;
      }
      h2 {
        font-size: 1.1875rem;
        overflow-wrap: anywhere;
      }
      h3 {
        font-size: 0.9375rem;
        margin-bottom: 0.5rem;
      }
      dl {
        display: grid;
        grid-template-columns: 5rem minmax(0, 1fr);
        gap: 0.25rem 1rem;
        margin: 0;
        font-size: 0.9375rem;
      }
      dt {
        color: var(--muted);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .trials {
        margin: 0.5rem 0;
        padding: 0;
        list-style: none;
      }
      .failed {
        color: var(--bad);
      }
      .stopped {
        padding: 0.75rem 1rem;
        border: 1px solid var(--bad);
        border-radius: var(--radius);
        display: grid;
        gap: 0.5rem;
        justify-items: start;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.75rem;
        margin-top: auto;
        font-size: 0.875rem;
        color: var(--muted);
      }
    `,
  ];

  @property({ attribute: false }) worker!: Worker;
  @property({ attribute: false }) clock!: Clock;
  /** Of settings, by their names. */
  @property({ attribute: false }) units: Record<string, string> = {};
  @state() private said = "";

  protected override render() {
    const { worker } = this;
    const silentS = this.clock.roomAgeS(worker.seen_wall_s);
    const heard =
      silentS < SILENT_AFTER_S ? "just now" : moment(worker.seen_wall_s, this.clock.nowS());
    return html`<article class="card" aria-label="Worker ${worker.worker}">
      <header>
        <h2>${worker.worker}</h2>
        <axenic-state .is=${worker.state}></axenic-state>
      </header>
      ${this.standing()}
      ${Object.entries(worker.reactors).map(([name, reactor]) => this.reactor(name, reactor))}
      <dl>
        <dt>Version</dt>
        <dd>${worker.version ?? "–"}${worker.simulated ? ", simulated" : ""}</dd>
        ${worker.outbox_waiting > 0
          ? html`<dt>To be sent</dt>
              <dd class="number">${worker.outbox_waiting} records</dd>`
          : nothing}
        ${worker.clock === "uncertain" ? html`<dt>Clock</dt><dd>uncertain</dd>` : nothing}
        ${Object.keys(worker.plugins).length > 0
          ? html`<dt>Plugins</dt><dd>${installed(worker.plugins)}</dd>`
          : nothing}
      </dl>
      <axenic-machine
        .worker=${worker.worker}
        .isReady=${worker.state === "ready"}
        .runs=${worker.runs.filter((each) => !OVER.includes(each.state)).map((each) => each.vessel)}
      ></axenic-machine>
      <footer>
        <span>heard ${heard}</span>
        <button class="danger" @click=${this.stop} ?disabled=${worker.state !== "ready"}>
          Emergency stop
        </button>
        <span role="status" ?hidden=${!this.said}>${this.said}</span>
      </footer>
    </article>`;
  }

  /** What an emergency stop keeps still, and how that ends. */
  private standing() {
    const { worker } = this;
    const stops = Object.entries(worker.stopped);
    if (stops.length === 0) return nothing;
    const nowS = this.clock.nowS();
    return html`<section class="stopped" aria-label="Stopped">
      ${stops.map(
        ([name, stop]) =>
          html`<p>
            <strong>${name === worker.worker ? "Stopped" : `${name} is stopped`}</strong> by ${stop.by},
            ${moment(stop.at_wall_s, nowS)}. All outputs are off.
          </p>`,
      )}
      <p>Look at the vessels first. A release starts nothing; then resume the experiment on its page.</p>
      <button @click=${this.release} ?disabled=${worker.state !== "ready"}>Release</button>
    </section>`;
  }

  private reactor(name: string, reactor: ReactorReport) {
    const run = this.worker.runs.find(
      (each) => each.reactor === name && !OVER.includes(each.state),
    );
    const pumps = Object.values(reactor.pumps).map(
      (pump) => `${pump.medium} ${pump.direction}, ${number(pump.flow_ml_min, 1)} mL/min`,
    );
    return html`<section>
      ${name === this.worker.worker ? nothing : html`<h3>${name}</h3>`}
      <dl>
        <dt>Runs</dt>
        <dd>${run ? this.run(run) : "free"}</dd>
        ${run && run.hands.length > 0
          ? html`<dt>By hand</dt>
              <dd>${run.hands.map((hand) => html`<div>${held(hand, this.units[hand.name])}</div>`)}</dd>`
          : nothing}
        <dt>Sensors</dt>
        <dd>${reactor.sensors.join(", ") || "none"}</dd>
        <dt>Outputs</dt>
        <dd>${reactor.outputs.join(", ") || "none"}</dd>
        <dt>Pumps</dt>
        <dd>${pumps.map((pump) => html`<div>${pump}</div>`)}${pumps.length === 0 ? "none" : nothing}</dd>
        <dt>Holds</dt>
        <dd>${number(reactor.capacity_ml, 0)} mL</dd>
        <dt>Self-test</dt>
        <dd>${this.selfTest(name, !run)}</dd>
      </dl>
    </section>`;
  }

  /** How each device did in the last one, and a button for another while nothing runs. */
  private selfTest(name: string, isFree: boolean) {
    const { worker } = this;
    const test = worker.self_tests.find((each) => each.reactor === name);
    const isUnderWay = test !== undefined && test.ended_wall_s === null;
    return html`${test
        ? html`<details>
            <summary>${inMarks(test)}, ${moment(test.began_wall_s, this.clock.nowS())}</summary>
            <ul class="trials">
              ${test.trials.map(
                (each) =>
                  html`<li class=${each.result}>
                    ${MARKS[each.result]} ${each.device}: ${[each.figure, each.reason].filter(Boolean).join("; ")}
                  </li>`,
              )}
            </ul>
            ${test.trouble ? html`<p>Ended early: ${test.trouble}</p>` : nothing}
          </details>`
        : "none yet"}
      <button
        @click=${() => this.tell(() => testReactor(worker.worker, name), "The self-test has begun.")}
        ?disabled=${!isFree || isUnderWay || worker.state !== "ready"}
      >
        Test
      </button>`;
  }

  private run(run: RunReport) {
    const where = run.phase ? `, ${run.phase} for ${stretch(run.phase_s)}` : `, ${run.state}`;
    // What hands let run where no experiment does has no page.
    if (run.experiment.startsWith("hand-")) return html`what hands let run${where}`;
    return html`<a href="/experiments/${encodeURIComponent(run.experiment)}">${run.vessel}</a>${where}`;
  }

  private async stop(): Promise<void> {
    const { worker } = this.worker;
    const sure = await AxenicConfirm.ask({
      title: `Stop ${worker} now?`,
      text: "Its pumps, heaters and stirrers are turned off, and stay off until somebody releases it and resumes what runs on it.",
      verb: "Stop it",
      isDangerous: true,
    });
    if (sure) await this.tell(() => stopWorker(worker), "It is stopped.");
  }

  private async release(): Promise<void> {
    await this.tell(() => releaseWorker(this.worker.worker), "It is released.");
  }

  private async tell(ask: () => Promise<CommandOutcome>, done: string): Promise<void> {
    try {
      const { outcome, reason } = await ask();
      this.said = outcome === "done" ? done : reason || outcome;
    } catch (error) {
      this.said = told(error);
    }
  }
}

function installed(plugins: Record<string, string>): string {
  return Object.entries(plugins)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

/** What a person holds, in words: `dosing is held by ada for 12 min`. */
function held(hand: HandReport, unit = ""): string {
  const words: Record<string, string> = { hold: "is held", stop: "is off", run: "runs" };
  const what = hand.name.includes(".")
    ? `${hand.name} is ${typeof hand.value === "number" ? quantity(hand.value, unit) : hand.value}`
    : `${hand.name} ${words[String(hand.value)] ?? hand.value}`;
  const time = hand.for_s === null ? "" : ` for ${stretch(hand.for_s)}`;
  return `${what} by ${hand.by}${time}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-worker": AxenicWorker;
  }
}

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { type Verb, steerExperiment } from "../api/experiments.js";
import { told } from "../api/http.js";
import type { ExperimentDetail } from "../api/types.js";
import type { Clock } from "../live/clock.js";
import type { Connection } from "../live/stream.js";
import { date, iso, stretch } from "../show/time.js";
import { shared } from "../styles/shared.js";
import { AxenicConfirm, type Confirmation } from "./axenic-confirm.js";
import "./axenic-connection.js";
import "./axenic-state.js";

/** An experiment's name, how it stands, and what may be done with it. */
@customElement("axenic-experiment-head")
export class AxenicExperimentHead extends LitElement {
  static override styles = [
    shared,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        justify-content: space-between;
        gap: 1rem 2rem;
      }
      .title {
        flex: 1 1 20rem;
        min-width: 0;
      }
      h1 {
        margin: 0;
        font-size: clamp(1.5rem, 1.2rem + 1.4vw, 2.125rem);
        font-weight: 640;
        letter-spacing: -0.022em;
        line-height: 1.15;
        text-wrap: balance;
        overflow-wrap: anywhere;
      }
      .about {
        margin-top: 0.375rem;
        max-width: 46rem;
        color: var(--muted);
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.375rem 1.25rem;
        margin: 0.875rem 0 0;
        font-size: 0.9375rem;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      .facts strong {
        color: var(--ink);
        font-weight: 560;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 0.625rem;
      }
      .problem {
        margin-top: 0.75rem;
        color: var(--bad);
      }
    `,
  ];

  @property({ attribute: false }) experiment!: ExperimentDetail;
  @property({ attribute: false }) link: Connection = { is: "connecting" };
  @property({ attribute: false }) clock!: Clock;
  /** Only to be drawn again when time has passed. */
  @property({ type: Number }) tick = 0;
  @state() private isSending = false;
  @state() private problem = "";

  protected override render() {
    const { experiment } = this;
    return html`<header>
      <div class="row">
        <div class="title">
          <h1>${experiment.name}</h1>
          ${experiment.description ? html`<p class="about">${experiment.description}</p>` : nothing}
        </div>
        <div class="buttons">${this.buttons()}</div>
      </div>
      <div class="facts">
        <axenic-state .is=${experiment.state}></axenic-state>
        ${this.elapsed()} ${this.wish()}
        <span>by <strong>${experiment.actor}</strong></span>
        ${experiment.state === "running" && this.clock.speed !== 1
          ? html`<span>clock at <strong>${this.clock.speed} ×</strong></span>`
          : nothing}
        <axenic-connection .link=${this.link}></axenic-connection>
      </div>
      ${experiment.reason ? html`<p class="about">${experiment.reason}</p>` : nothing}
      ${this.held()}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
    </header>`;
  }

  private elapsed() {
    const { started_wall_s: started, ended_wall_s: ended, created_wall_s: created } = this.experiment;
    const since = (wallS: number, word: string) =>
      html`<span>${word} <time datetime=${iso(wallS)}><strong>${date(wallS)}</strong></time></span>`;
    if (started === null) return since(created, "submitted");
    const lasted = (ended ?? this.clock.nowS()) - started;
    return html`<span><strong>${stretch(lasted)}</strong> elapsed</span>
      ${since(started, "started")} ${ended === null ? nothing : since(ended, "ended")}`;
  }

  // What was asked for and has not come about yet.
  private wish() {
    const { state, wanted } = this.experiment;
    const waits = { running: state === "paused", paused: state === "running", cancelled: true, finished: true };
    if (!waits[wanted] || !(state === "running" || state === "paused")) return nothing;
    return html`<span>${wanted} is on its way …</span>`;
  }

  // The leader lets all vessels go on, or none.
  private held() {
    const { state, wanted, runs } = this.experiment;
    const paused = runs.filter((run) => run.state === "paused").map((run) => run.vessel);
    if (state !== "running" || wanted !== "running" || paused.length === 0) return nothing;
    return html`<p class="about">
      ${paused.join(", ")} ${paused.length === 1 ? "is" : "are"} paused while the others go on. To
      let all go on, pause the experiment and resume it.
    </p>`;
  }

  private buttons() {
    const { state, wanted } = this.experiment;
    const isHeld = state === "paused" || (state === "running" && wanted === "paused");
    const button = (verb: Verb, label: string, kind = "") => html`<button
      class=${kind}
      ?disabled=${this.isSending}
      @click=${() => this.steer(verb)}
    >
      ${label}
    </button>`;
    return [
      state === "running" && !isHeld ? button("pause", "Pause") : nothing,
      isHeld ? button("resume", "Resume", "primary") : nothing,
      ["queued", "running", "paused"].includes(state) ? button("cancel", "Cancel", "danger") : nothing,
    ];
  }

  private async steer(verb: Verb): Promise<void> {
    if (!(await AxenicConfirm.ask(this.question(verb)))) return;
    this.isSending = true;
    this.problem = "";
    try {
      await steerExperiment(this.experiment.id, verb);
    } catch (error) {
      this.problem = told(error);
    } finally {
      this.isSending = false;
    }
  }

  private question(verb: Verb): Confirmation {
    const { name } = this.experiment;
    if (verb === "pause") {
      const text = "Clocks, doses and automations stand still; stirring, temperature and sensors go on.";
      return { title: `Pause “${name}”?`, text, verb: "Pause" };
    }
    if (verb === "resume") {
      const text = "Clocks, doses and automations go on where they stood.";
      return { title: `Resume “${name}”?`, text, verb: "Resume" };
    }
    const text = "It ends for all of its vessels and cannot be taken up again. Readings are kept.";
    return { title: `Cancel “${name}”?`, text, verb: "Cancel the experiment", isDangerous: true };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-experiment-head": AxenicExperimentHead;
  }
}

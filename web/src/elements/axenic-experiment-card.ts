import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Alert, Experiment, Question } from "../api/types.js";
import type { Clock } from "../live/clock.js";
import type { Close } from "../live/experiments-store.js";
import { icon } from "../show/icons.js";
import { stretch } from "../show/time.js";
import { shared } from "../styles/shared.js";
import "./axenic-spark.js";
import "./axenic-state.js";

/** An experiment that has not ended, at a glance. */
@customElement("axenic-experiment-card")
export class AxenicExperimentCard extends LitElement {
  static override styles = [
    shared,
    css`
      article {
        position: relative;
        height: 100%;
        display: flex;
        flex-direction: column;
        gap: 0.875rem;
        padding: clamp(1rem, 2vw, 1.375rem);
      }
      article:hover {
        border-color: var(--edge);
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: flex-start;
        gap: 1rem;
      }
      h3 {
        font-size: 1.1875rem;
        overflow-wrap: anywhere;
        min-width: 0;
      }
      h3 a {
        color: inherit;
        text-decoration: none;
      }
      h3 a::after {
        content: "";
        position: absolute;
        inset: 0;
        border-radius: var(--radius);
      }
      h3 a:focus-visible {
        outline: none;
      }
      article:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
        display: grid;
        gap: 0.25rem;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.125rem 0.5rem;
      }
      li .muted {
        margin-left: auto;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        gap: 0.375rem 1rem;
        margin-top: auto;
        font-size: 0.875rem;
        color: var(--muted);
      }
      .waits {
        display: inline-flex;
        align-items: center;
        gap: 0.375rem;
        font-weight: 560;
        color: var(--info);
      }
      .warns {
        color: var(--warn);
      }
      .unseen {
        color: var(--odd);
      }
    `,
  ];

  @property({ attribute: false }) experiment!: Experiment;
  @property({ attribute: false }) near: Close | undefined;
  @property({ attribute: false }) questions: Question[] = [];
  @property({ attribute: false }) alerts: Alert[] = [];
  @property({ attribute: false }) clock!: Clock;
  @property({ type: Number }) tick = 0;

  protected override render() {
    const { experiment, near } = this;
    const since = experiment.started_wall_s;
    return html`<article class="card">
      <header>
        <h3><a href="/experiments/${encodeURIComponent(experiment.id)}">${experiment.name}</a></h3>
        <axenic-state .is=${experiment.state}></axenic-state>
      </header>
      ${experiment.reason ? html`<p class="muted">${experiment.reason}</p>` : nothing}
      ${near && near.curves.length > 0
        ? html`<axenic-spark .curves=${near.curves} .vessels=${experiment.vessels}></axenic-spark>`
        : nothing}
      <ul aria-label="Vessels">
        ${experiment.vessels.map((vessel, n) => this.vessel(vessel, n))}
      </ul>
      <footer class="number">
        <span>${since === null ? "waits to begin" : `${stretch(this.clock.nowS() - since)} elapsed`}</span>
        <span>by ${experiment.actor}</span>
        ${count("waits", "question", this.questions.length, "question")}
        ${count("waits warns", "bell", this.alerts.length, "alert")}
        ${count("waits unseen", "question", near?.doses ?? 0, "unknown dose")}
      </footer>
    </article>`;
  }

  private vessel(vessel: string, n: number) {
    const stay = this.near?.phases.filter((each) => each.vessel === vessel).at(-1);
    const run = this.near?.runs.find((each) => each.vessel === vessel);
    const since = stay?.entered_wall_s;
    const words = stay
      ? `${stay.phase}${since ? ` · ${stretch((stay.left_wall_s ?? this.clock.nowS()) - since)}` : ""}`
      : (run?.state ?? this.experiment.bindings[vessel] ?? "");
    return html`<li>
      <span class="swatch" data-colour=${n % 8}></span>${vessel}
      <span class="muted small number">${words}</span>
    </li>`;
  }
}

function count(kind: string, sign: "question" | "bell", many: number, word: string) {
  if (many === 0) return nothing;
  return html`<span class=${kind}>${icon(sign)}${many} ${word}${many === 1 ? "" : "s"}</span>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-experiment-card": AxenicExperimentCard;
  }
}

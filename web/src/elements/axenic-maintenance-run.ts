import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { MaintenanceRun, StepRecord } from "../api/types.js";
import { bar, barStyles } from "../show/bar.js";
import { percent } from "../show/rates.js";
import { date, iso, stretch } from "../show/time.js";
import { shared } from "../styles/shared.js";
import "./axenic-state.js";

/** One run of maintenance: its steps, how far each is, and what came of it. */
@customElement("axenic-maintenance-run")
export class AxenicMaintenanceRun extends LitElement {
  static override styles = [
    shared,
    barStyles,
    css`
      :host {
        display: block;
        padding-block: 0.875rem;
        border-bottom: 1px solid var(--line);
        --colour: var(--accent);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1rem;
        align-items: center;
      }
      header strong {
        font-weight: 600;
      }
      header small {
        color: var(--muted);
      }
      ol {
        margin: 0.625rem 0 0;
        padding: 0;
        list-style: none;
        display: grid;
        gap: 0.375rem;
      }
      li {
        display: grid;
        grid-template-columns: 7rem 7.5rem minmax(0, 1fr);
        gap: 0.125rem 1rem;
        align-items: center;
        font-size: 0.9375rem;
      }
      .came {
        overflow-wrap: anywhere;
        color: var(--muted);
      }
      .bar {
        margin-top: 0;
        height: 0.5rem;
      }
      @media (max-width: 40rem) {
        li {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .came {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @property({ attribute: false }) run!: MaintenanceRun;

  protected override render() {
    const { run } = this;
    const lastedS = run.ended_wall_s === null ? null : run.ended_wall_s - run.began_wall_s;
    return html`<header>
        <strong>Run ${run.id}</strong>
        <axenic-state .is=${run.state}></axenic-state>
        <small>
          <time datetime=${iso(run.began_wall_s)}>${date(run.began_wall_s)}</time>, by ${run.actor || "the schedule"}${lastedS === null
            ? nothing
            : `, took ${stretch(lastedS)}`}
        </small>
      </header>
      <ol>
        ${run.steps.map((step) => this.step(step))}
      </ol>`;
  }

  private step(step: StepRecord) {
    return html`<li>
      <span>${step.name}</span>
      <axenic-state .is=${step.state}></axenic-state>
      <span class="came">
        ${step.share === null
          ? step.text
          : html`${percent(step.share)} done ${bar(step.share, step.name)}`}
      </span>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-maintenance-run": AxenicMaintenanceRun;
  }
}

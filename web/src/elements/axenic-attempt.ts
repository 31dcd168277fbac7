import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { told } from "../api/http.js";
import { listSteps } from "../api/statistics.js";
import type { Attempt, AttemptStep } from "../api/types.js";
import { expectation } from "../show/rates.js";
import { date, elapsed, iso, stretch } from "../show/time.js";
import { shared } from "../styles/shared.js";
import { tableStyles } from "../styles/table.js";
import "./axenic-state.js";

/** One attempt, and its steps when somebody wants to see them. */
@customElement("axenic-attempt")
export class AxenicAttempt extends LitElement {
  static override styles = [
    shared,
    tableStyles,
    css`
      :host {
        display: block;
        padding-block: 0.75rem;
        border-bottom: 1px solid var(--line);
      }
      .row {
        display: grid;
        grid-template-columns: minmax(0, 2fr) 7.5rem minmax(0, 1.4fr) minmax(0, 1.6fr) auto;
        gap: 0.25rem 1.25rem;
        align-items: center;
      }
      a {
        font-weight: 560;
        overflow-wrap: anywhere;
      }
      small {
        display: block;
        color: var(--muted);
        overflow-wrap: anywhere;
      }
      .steps {
        margin-top: 0.75rem;
        padding: 0.5rem 0.875rem 0.75rem;
        border-radius: 0.625rem;
        background: var(--sunken);
      }
      .phase td,
      .phase th {
        font-weight: 580;
      }
      button {
        min-height: 2.25rem;
      }
      @media (max-width: 48rem) {
        .row {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .row .when,
        .row .long {
          grid-column: 1 / -1;
        }
        table,
        tbody,
        tr,
        td,
        tbody th {
          display: block;
        }
        thead {
          display: none;
        }
        tr {
          padding-block: 0.5rem;
          border-bottom: 1px solid var(--line);
        }
        td,
        tbody th {
          padding: 0.0625rem 0;
          border: 0;
          overflow-wrap: anywhere;
        }
      }
    `,
  ];

  @property({ attribute: false }) attempt!: Attempt;
  @state() private steps: AttemptStep[] | null = null;
  @state() private next: string | null = null;
  @state() private problem = "";
  private of = "";

  protected override willUpdate(): void {
    if (this.of === this.attempt.attempt) return;
    this.of = this.attempt.attempt;
    this.steps = null;
  }

  protected override render() {
    const { attempt, steps } = this;
    const places = [...new Set(Object.values(attempt.vessels))].join(", ");
    const acted = Object.entries(attempt.outcomes).map(([outcome, count]) => `${count} ${outcome}`);
    const open = steps !== null;
    return html`<div class="row">
        <div>
          <a href="/experiments/${encodeURIComponent(attempt.experiment)}">${attempt.name}</a>
          <small>${attempt.actor} on ${places}</small>
        </div>
        <axenic-state .is=${attempt.state}></axenic-state>
        <div class="when">
          <time datetime=${iso(attempt.began_wall_s)}>${date(attempt.began_wall_s)}</time>
          <small>${attempt.reason || (acted.length > 0 ? `actions: ${acted.join(", ")}` : "no action yet")}</small>
        </div>
        <div class="long">
          ${attempt.duration_s === null ? "goes on" : stretch(attempt.duration_s)}
          <small>expected: ${expectation(attempt)}</small>
        </div>
        <button
          aria-expanded=${open ? "true" : "false"}
          aria-label="${open ? "Hide steps" : "Steps"} of ${attempt.name}"
          @click=${() => (open ? (this.steps = null) : void this.look())}
        >
          ${open ? "Hide" : "Steps"}
        </button>
      </div>
      ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}
      ${steps === null ? nothing : this.table(steps)}`;
  }

  private table(steps: AttemptStep[]) {
    if (steps.length === 0) return html`<p class="steps">Nothing was heard of it.</p>`;
    return html`<div class="steps">
      <table>
        <thead>
          <tr>
            <th scope="col">After (h:min)</th>
            <th scope="col">Vessel</th>
            <th scope="col">Step</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          ${steps.map((step) => this.step(step))}
        </tbody>
      </table>
      ${this.next === null ? nothing : html`<p><button @click=${() => void this.look()}>Show later steps</button></p>`}
    </div>`;
  }

  private step(step: AttemptStep) {
    const isPhase = step.kind === "phase";
    const lastedS = span(step);
    return html`<tr class=${isPhase ? "phase" : ""}>
      <td>${step.began_process_s === null ? "–" : elapsed(step.began_process_s)}</td>
      <td>${step.vessel}</td>
      <td>${isPhase ? `Phase ${step.name}` : html`${step.name}: ${step.kind}`} ${step.detail ? html`<small>${step.detail}</small>` : nothing}</td>
      <td>
        ${isPhase
          ? html`${lastedS === null ? "goes on" : `left after ${stretch(lastedS)}`}${step.reason ? html` <small>${step.reason}</small>` : nothing}`
          : html`<axenic-state .is=${step.outcome ?? "goes on"}></axenic-state>
              <small>${step.reason} <a href=${step.trace}>why</a></small>`}
      </td>
    </tr>`;
  }

  private async look(): Promise<void> {
    const cursor = this.steps === null ? null : this.next;
    try {
      const { items, next } = await listSteps(this.attempt.attempt, cursor ?? undefined);
      this.steps = [...(cursor === null ? [] : (this.steps ?? [])), ...items];
      [this.next, this.problem] = [next ?? null, ""];
    } catch (error) {
      this.problem = told(error);
    }
  }
}

function span(step: AttemptStep): number | null {
  if (step.began_process_s === null || step.ended_process_s === null) return null;
  return step.ended_process_s - step.began_process_s;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-attempt": AxenicAttempt;
  }
}

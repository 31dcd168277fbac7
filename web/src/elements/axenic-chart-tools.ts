import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Axis } from "../chart/lanes.js";
import { shared } from "../styles/shared.js";

const RANGES: readonly [label: string, seconds: number | null][] = [
  ["1 h", 3600],
  ["6 h", 21_600],
  ["24 h", 86_400],
  ["All", null],
];
const AXES: readonly [label: string, axis: Axis][] = [
  ["Elapsed", "process"],
  ["Clock", "wall"],
];

/** How much of the past charts show, and on which axis. */
@customElement("axenic-chart-tools")
export class AxenicChartTools extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 0.75rem;
      }
      [role="group"] {
        display: inline-flex;
        padding: 0.1875rem;
        border-radius: 0.75rem;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      button {
        min-height: 2rem;
        padding: 0 0.75rem;
        border: 1px solid transparent;
        border-radius: 0.5rem;
        background: none;
        font-size: 0.875rem;
        color: var(--muted);
      }
      button[aria-pressed="true"] {
        background: var(--surface);
        border-color: var(--line);
        color: var(--ink);
        box-shadow: 0 1px 2px rgb(0 0 0 / 8%);
      }
    `,
  ];

  @property({ attribute: false }) rangeS: number | null = null;
  @property() axis: Axis = "process";

  protected override render() {
    return html`<div role="group" aria-label="Range">
        ${RANGES.map(
          ([label, rangeS]) => html`<button
            aria-pressed=${rangeS === this.rangeS}
            @click=${() => this.tell("range", rangeS)}
          >
            ${label}
          </button>`,
        )}
      </div>
      <div role="group" aria-label="Time axis">
        ${AXES.map(
          ([label, axis]) => html`<button
            aria-pressed=${axis === this.axis}
            @click=${() => this.tell("axis", axis)}
          >
            ${label}
          </button>`,
        )}
      </div>`;
  }

  private tell(name: "range" | "axis", detail: number | null | Axis): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-chart-tools": AxenicChartTools;
  }
}

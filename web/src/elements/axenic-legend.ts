import { LitElement, css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Chart } from "../api/types.js";
import { type Line, type Stroke, strokeOf } from "../chart/plot.js";
import { quantity, unitText } from "../show/units.js";
import { shared } from "../styles/shared.js";

/** What the lines of a chart are, and their newest values, or those at a moment. */
@customElement("axenic-legend")
export class AxenicLegend extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        margin-top: 0.75rem;
        overflow-x: auto;
      }
      table {
        font-size: 0.875rem;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th {
        font-weight: 500;
        text-align: left;
        color: var(--muted);
        padding: 0.125rem 1.25rem 0.125rem 0;
      }
      th[scope="row"] {
        color: var(--ink);
        white-space: nowrap;
      }
      th[scope="row"] .swatch {
        margin-right: 0.5rem;
      }
      td {
        padding: 0.125rem 1.25rem 0.125rem 0;
        white-space: nowrap;
        min-width: 5.5rem;
      }
      svg {
        vertical-align: middle;
        margin-right: 0.375rem;
      }
      @media (max-width: 30rem) {
        th,
        td {
          padding-right: 0.875rem;
          min-width: 0;
        }
        svg {
          display: block;
          margin-bottom: 0.125rem;
        }
      }
    `,
  ];

  @property({ attribute: false }) chart!: Chart;
  @property({ attribute: false }) lines: Line[] = [];
  @property({ attribute: false }) vessels: string[] = [];
  /** The moment under the cursor; null shows the newest. */
  @property({ attribute: false }) at: number | null = null;
  /** Only to be drawn again when the lines have grown. */
  @property({ type: Number }) drawn = 0;

  protected override render() {
    const { series } = this.chart;
    const shown = this.vessels.filter((vessel) =>
      series.some((each) => !each.vessel || each.vessel === vessel),
    );
    return html`<table>
      <thead>
        <tr>
          <th scope="col"><span class="visually-hidden">Vessel</span></th>
          ${series.map(
            ({ label, unit }, n) => html`<th scope="col">
              ${sample(strokeOf(this.chart, n))}${label}${unit ? ` (${unitText(unit)})` : ""}
            </th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (vessel) => html`<tr>
            <th scope="row">
              <span class="swatch" data-colour=${this.vessels.indexOf(vessel) % 8}></span>${vessel}
            </th>
            ${series.map((_, n) => html`<td>${this.valueAt(vessel, n)}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private valueAt(vessel: string, order: number): string {
    const line = this.lines.find((each) => each.vessel === vessel && each.order === order);
    if (line === undefined) return "";
    const value = this.at === null ? line.buffer.last() : line.buffer.valueAt(this.at);
    return quantity(value, line.series.unit);
  }
}

function sample({ width, alpha, dash }: Stroke) {
  return html`<svg width="22" height="8" aria-hidden="true">
    ${svg`<line x1="0" y1="4" x2="22" y2="4" stroke="currentColor" stroke-width=${width + 0.25}
      stroke-opacity=${alpha} stroke-dasharray=${dash.join(" ") || "none"} />`}
  </svg>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-legend": AxenicLegend;
  }
}

import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Fit } from "../api/types.js";
import { type Kind, digits, measure, shownValue, sideNames, unitOf } from "../live/comparing.js";
import { unitText } from "../show/units.js";
import { tableStyles } from "../styles/table.js";
import { shared } from "../styles/shared.js";

/** Each point that was compared, and what the curve is off by there. */
@customElement("axenic-residuals")
export class AxenicResiduals extends LitElement {
  static override styles = [
    shared,
    tableStyles,
    css`
      thead th,
      thead th.number {
        white-space: normal;
        vertical-align: bottom;
      }
      @media (max-width: 34rem) {
        th,
        td {
          padding-right: 0.625rem;
        }
      }
      .sum {
        margin-top: 0.625rem;
      }
    `,
  ];

  @property({ attribute: false }) kind!: Kind;
  @property({ attribute: false }) points: [number, number][] = [];
  @property({ attribute: false }) fit: Fit | null = null;
  /** Why there is no curve. */
  @property() reason = "";

  protected override render() {
    if (this.points.length === 0) return nothing;
    const names = sideNames(this.kind);
    const unit = unitOf(this.kind, "actual");
    return html`<table>
        <thead>
          <tr>
            <th scope="col">Point</th>
            <th scope="col" class="number">${names.raw}</th>
            <th scope="col" class="number">${names.actual}</th>
            <th scope="col" class="number">Off by${unit ? ` (${unitText(unit)})` : nothing}</th>
          </tr>
        </thead>
        <tbody>
          ${this.points.map(
            ([raw, actual], n) => html`<tr>
              <th scope="row">${n + 1}</th>
              <td class="number">${digits(shownValue(this.kind, "raw", raw))}</td>
              <td class="number">${digits(shownValue(this.kind, "actual", actual))}</td>
              <td class="number">${this.off(n)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
      <p class="sum muted small number">${this.sum()}</p>`;
  }

  private off(n: number): string {
    const residual = this.fit?.residuals[n];
    return residual === undefined ? "–" : digits(shownValue(this.kind, "actual", residual), true);
  }

  private sum(): string {
    if (this.fit === null) return this.reason ? `No curve yet: ${this.reason}.` : "";
    const { deviation, r_squared } = this.fit;
    const share = r_squared === null ? "" : `, R² ${r_squared.toFixed(5)}`;
    return `Standard deviation ${measure(this.kind, "actual", deviation)}${share}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-residuals": AxenicResiduals;
  }
}

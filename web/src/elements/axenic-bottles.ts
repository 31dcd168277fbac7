import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Volume } from "../api/types.js";
import { bar, barStyles } from "../show/bar.js";
import { number } from "../show/units.js";
import { shared } from "../styles/shared.js";

const LOW = 0.1;

/** How full a vessel's bottles are, by what was moved. */
@customElement("axenic-bottles")
export class AxenicBottles extends LitElement {
  static override styles = [
    shared,
    barStyles,
    css`
      ul {
        display: grid;
        grid-template-columns: auto 1fr auto;
        align-items: center;
        gap: 0.5rem 0.75rem;
        margin: 1.25rem 0 0;
        padding: 0;
        list-style: none;
        font-size: 0.8125rem;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      li {
        display: contents;
      }
      .bar {
        margin: 0;
        height: 6px;
        border-radius: 3px;
      }
      .low rect {
        fill: var(--warn);
      }
    `,
  ];

  @property({ attribute: false }) volumes: Volume[] = [];

  protected override render() {
    const shown = this.volumes.filter((each) => each.bottle_ml);
    if (shown.length === 0) return nothing;
    return html`<ul aria-label="Bottles">
      ${shown.map((each) => this.bottle(each, each.bottle_ml ?? 1))}
    </ul>`;
  }

  // Waste is what flows in; every other bottle is emptied.
  private bottle({ medium, from_bottle_ml: moved_ml }: Volume, whole_ml: number) {
    const isWaste = medium === "waste";
    const there_ml = isWaste ? moved_ml : whole_ml - moved_ml;
    const isLow = isWaste ? there_ml > (1 - LOW) * whole_ml : there_ml < LOW * whole_ml;
    const word = isWaste ? "filled" : "left";
    const text = `${number(there_ml / 1000, 2)} of ${number(whole_ml / 1000, 1)} L ${word}`;
    return html`<li class=${isLow ? "low" : ""}>
      <span>${medium}</span>${bar(there_ml / whole_ml, `${medium}: ${text}`)}
      <span>${text}</span>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-bottles": AxenicBottles;
  }
}

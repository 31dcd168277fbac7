import { LitElement, css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Tally } from "../api/types.js";
import { KINDS, counts, percent } from "../show/rates.js";
import { shared } from "../styles/shared.js";

/** How many of the attempts completed, failed, were cancelled or go on: a bar, and the rate of success. */
@customElement("axenic-rate")
export class AxenicRate extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 4.25rem;
        gap: 0 0.875rem;
        align-items: center;
      }
      svg {
        width: 100%;
        height: 0.75rem;
        border-radius: 0.25rem;
        background: var(--sunken);
      }
      .completed { fill: var(--good); }
      .failed { fill: var(--bad-solid); }
      .cancelled { fill: var(--edge); }
      .under_way { fill: var(--info); }
      strong {
        font-variant-numeric: tabular-nums;
        font-size: 1.125rem;
        text-align: right;
      }
    `,
  ];

  @property({ attribute: false }) tally!: Tally;

  protected override render() {
    const { tally } = this;
    let from = 0;
    const parts = KINDS.map((kind) => {
      const wide = tally.attempts > 0 ? (tally[kind] / tally.attempts) * 100 : 0;
      from += wide;
      return svg`<rect class=${kind} x=${(from - wide).toFixed(3)} width=${Math.max(0, wide - 0.5).toFixed(3)} height="1" />`;
    });
    return html`<svg role="img" aria-label=${counts(tally)} viewBox="0 0 100 1" preserveAspectRatio="none">${parts}</svg>
      <strong>${percent(tally.success_rate)}</strong>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-rate": AxenicRate;
  }
}

import { LitElement, css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Attempt } from "../api/types.js";
import { expectation, held, isWithin, percent, type Held } from "../show/rates.js";
import { stretch } from "../show/time.js";
import { shared } from "../styles/shared.js";

const MOST = 2;
const SHOWN = 20;

/** Each completed attempt on a line of its own: the bounds of its estimate as a band, its length as a mark. */
@customElement("axenic-lengths")
export class AxenicLengths extends LitElement {
  static override styles = [
    shared,
    css`
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 11rem) minmax(6rem, 1fr) 9.5rem;
        gap: 0 1rem;
        align-items: center;
        padding-block: 0.1875rem;
        font-size: 0.875rem;
      }
      a {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      svg {
        width: 100%;
        height: 1.25rem;
      }
      .ground { fill: var(--sunken); }
      .band { fill: var(--info); opacity: 0.28; }
      .middle { fill: var(--edge); }
      .within { fill: var(--good); }
      .beside { fill: var(--bad-solid); }
      small {
        color: var(--muted);
        font-variant-numeric: tabular-nums;
        text-align: right;
      }
      .axis {
        color: var(--muted);
        font-size: 0.8125rem;
      }
      .axis span {
        display: flex;
        justify-content: space-between;
      }
      @media (max-width: 40rem) {
        li {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        li svg,
        li .scale {
          grid-column: 1 / -1;
          grid-row: 2;
        }
        .axis span:first-child:empty {
          display: none;
        }
      }
    `,
  ];

  /** Newest first. */
  @property({ attribute: false }) attempts: Attempt[] = [];

  protected override render() {
    const known = this.attempts.flatMap((attempt) => {
      const found = held(attempt);
      return found === null ? [] : [{ attempt, held: found }];
    });
    if (known.length === 0) return html`<p class="muted">None of these completed and had an estimate.</p>`;
    return html`<ol>
        ${known.slice(0, SHOWN).map((each) => this.line(each.attempt, each.held))}
        <li class="axis" aria-hidden="true">
          <span></span>
          <span class="scale"><span>0</span><span>100${"\u202f"}% of the estimate</span><span>200${"\u202f"}%</span></span>
          <span></span>
        </li>
      </ol>
      ${known.length > SHOWN ? html`<p class="muted">The newest ${SHOWN} of ${known.length}.</p>` : nothing}`;
  }

  private line(attempt: Attempt, at: Held) {
    const within = isWithin(at);
    const words = `${stretch(attempt.duration_s)}, ${percent(at.lasted)} of the estimate (${expectation(attempt)})`;
    const x = (share: number) => (Math.min(MOST, share) / MOST) * 100;
    const mark = Math.min(99, Math.max(0, x(at.lasted) - 0.5));
    return html`<li>
      <a href="/experiments/${encodeURIComponent(attempt.experiment)}" title=${attempt.name}>${attempt.name}</a>
      <svg role="img" aria-label=${words} viewBox="0 0 100 10" preserveAspectRatio="none">
        ${svg`<rect class="ground" y="3" width="100" height="4" />
          <rect class="band" x=${x(at.least).toFixed(2)} y="1" width=${Math.max(0.6, x(at.most) - x(at.least)).toFixed(2)} height="8" />
          <rect class="middle" x="49.9" width="0.2" height="10" />
          <rect class=${within ? "within" : "beside"} x=${mark.toFixed(2)} width="1" height="10" />`}
      </svg>
      <small>${stretch(attempt.duration_s)} · ${percent(at.lasted)}</small>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-lengths": AxenicLengths;
  }
}

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TimetableRow } from "../api/types.js";
import { elapsed, iso, moment } from "../show/time.js";
import { shared } from "../styles/shared.js";
import { timetableStyles } from "../styles/timetable.js";

const FIRST = 10;
const MORE = 50;

/** What a profile would do if it began now. */
@customElement("axenic-preview")
export class AxenicPreview extends LitElement {
  static override styles = [
    shared,
    timetableStyles,
    css`
      li {
        grid-template-columns: 6.5rem minmax(0, 1fr);
      }
      .what small {
        display: flex;
        align-items: center;
        gap: 0.375rem;
      }
      @media (max-width: 44rem) {
        .what {
          grid-column: auto;
        }
        time small {
          display: block;
          margin: 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) rows: TimetableRow[] = [];
  @property({ attribute: false }) vessels: string[] = [];
  @property({ attribute: false }) nowS = 0;
  @state() private shown = FIRST;

  protected override render() {
    if (this.rows.length === 0) {
      return html`<p class="muted small">Nothing happens at a time that is known beforehand.</p>`;
    }
    return html`<ol>
        ${this.rows.slice(0, this.shown).map((row) => this.row(row))}
      </ol>
      ${this.rows.length > this.shown
        ? html`<button class="plain" @click=${() => (this.shown += MORE)}>
            Show more of ${this.rows.length}
          </button>`
        : nothing}`;
  }

  private row(row: TimetableRow) {
    const colour = Math.max(0, this.vessels.indexOf(row.vessel)) % 8;
    const when = row.wall_s === null ? "later" : moment(row.wall_s, this.nowS);
    const after = row.time_s === null ? elapsed(row.phase_time_s ?? 0) : elapsed(row.time_s);
    return html`<li>
      <time datetime=${iso(row.wall_s)}>${when}<small>+ ${after}</small></time>
      <span class="what" data-colour=${colour}>
        <strong>${row.detail || row.action}</strong>
        <small>
          <span class="swatch"></span>${row.vessel} · ${row.action} ·
          ${row.phase}${row.estimated ? ", estimated" : ""}
        </small>
      </span>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-preview": AxenicPreview;
  }
}

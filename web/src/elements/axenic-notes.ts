import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Note } from "../api/types.js";
import { who } from "../live/who.js";
import { iso, moment } from "../show/time.js";
import { shared } from "../styles/shared.js";
import { timetableStyles } from "../styles/timetable.js";

/** What people wrote, by the moments that it is about. Tells of `note` with the one to be changed, or
 * null for a new one. */
@customElement("axenic-notes")
export class AxenicNotes extends LitElement {
  static override styles = [
    shared,
    timetableStyles,
    css`
      li {
        grid-template-columns: 7.5rem minmax(5.5rem, 9rem) minmax(0, 1fr) auto;
      }
      .text {
        min-width: 0;
        overflow-wrap: anywhere;
        white-space: pre-line;
      }
      li button {
        min-height: 2.25rem;
        padding: 0 0.75rem;
      }
      .foot {
        margin-top: 0.875rem;
      }
      @media (max-width: 44rem) {
        li {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .text {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @property({ attribute: false }) notes: Note[] = [];
  @property({ attribute: false }) vessels: string[] = [];
  @property({ type: Number }) nowS = 0;

  protected override render() {
    const sorted = [...this.notes].sort((one, other) => aboutS(one) - aboutS(other));
    return html`${sorted.length === 0
        ? html`<p class="muted">Nothing was noted yet. A click on a chart pins a note there.</p>`
        : html`<ol aria-label="Notes">
            ${sorted.map((note) => this.row(note))}
          </ol>`}
      <p class="foot"><button @click=${() => this.want(null)}>Add a note</button></p>`;
  }

  private row(note: Note) {
    const { name, role } = who();
    const isMine = role === "administrator" || note.actor === name;
    return html`<li data-colour=${Math.max(0, this.vessels.indexOf(note.vessel ?? "")) % 8}>
      <time datetime=${iso(aboutS(note))}
        >${moment(aboutS(note), this.nowS)} <small>${note.pinned_wall_s === null ? "written" : "pinned"}</small></time
      >
      <span class="vessel">${note.vessel === null ? "all" : html`<span class="swatch"></span>${note.vessel}`}</span>
      <span class="text"
        >${note.text} <small>${note.actor}${note.changed_wall_s === null ? nothing : `, changed ${moment(note.changed_wall_s, this.nowS)}`}</small></span
      >
      ${isMine
        ? html`<button aria-label="Change the note: ${note.text.slice(0, 60)}" @click=${() => this.want(note)}>Change</button>`
        : nothing}
    </li>`;
  }

  private want(note: Note | null): void {
    this.dispatchEvent(new CustomEvent("note", { detail: note }));
  }
}

function aboutS(note: Note): number {
  return note.pinned_wall_s ?? note.at_wall_s;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-notes": AxenicNotes;
  }
}

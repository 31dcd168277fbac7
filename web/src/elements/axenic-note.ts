import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { addNote, changeNote, removeNote } from "../api/notes.js";
import { told } from "../api/http.js";
import type { Note } from "../api/types.js";
import { date } from "../show/time.js";
import { dialogStyles } from "../styles/dialog.js";
import { formStyles } from "../styles/form.js";
import { shared } from "../styles/shared.js";

/** What a note is to be about. */
export interface About {
  experiment: string;
  vessels: string[];
  /** The moment on the charts; null is none. */
  atS: number | null;
  /** One that is there already. */
  note?: Note;
}

/** A dialog in which a note is written, mended or taken away. */
@customElement("axenic-note")
export class AxenicNote extends LitElement {
  static override styles = [
    shared,
    dialogStyles,
    formStyles,
    css`
      dialog {
        width: min(34rem, calc(100vw - 2rem));
      }
      form {
        display: grid;
        gap: 1rem;
        margin-top: 1rem;
      }
      textarea {
        width: 100%;
        min-height: 6rem;
        padding: 0.5rem 0.75rem;
        font: inherit;
        color: inherit;
        border: 1px solid var(--edge);
        border-radius: 0.625rem;
        background: var(--surface);
        resize: vertical;
      }
      .verbs {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 0.75rem;
      }
      .verbs .danger {
        margin-right: auto;
      }
      .problem {
        color: var(--bad);
      }
    `,
  ];

  @property({ attribute: false }) about!: About;
  @query("dialog") private dialog!: HTMLDialogElement;
  @state() private isSending = false;
  @state() private problem = "";
  private isDone = false;

  /** Let a person write; whether anything changed. */
  static async open(about: About): Promise<boolean> {
    const element = document.createElement("axenic-note");
    element.about = about;
    document.body.append(element);
    await element.updateComplete;
    try {
      return await element.closed();
    } finally {
      element.remove();
    }
  }

  protected override render() {
    const { note } = this.about;
    return html`<dialog aria-labelledby="title">
      <h2 id="title">${note ? "Change the note" : "Note"}</h2>
      <form @submit=${this.save}>
        <div class="field">
          <label for="text">What you saw or did</label>
          <textarea id="text" name="text" required maxlength="5000" autofocus .value=${note?.text ?? ""}></textarea>
        </div>
        ${note ? this.facts(note) : this.fields()}
        ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
        <div class="verbs">
          ${note
            ? html`<button type="button" class="danger" ?disabled=${this.isSending} @click=${this.takeAway}>Delete</button>`
            : nothing}
          <button type="button" @click=${() => this.dialog.close()}>Go back</button>
          <button class="primary" ?disabled=${this.isSending}>Save</button>
        </div>
      </form>
    </dialog>`;
  }

  private fields() {
    const { vessels, atS } = this.about;
    return html`<div class="fields">
      <div class="field">
        <label for="vessel">About</label>
        <select id="vessel" name="vessel">
          <option value="">the whole experiment</option>
          ${vessels.map((each) => html`<option>${each}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for="at">Pinned to</label>
        <input id="at" name="at" type="datetime-local" step="1" .value=${atS === null ? "" : localText(atS)} />
        <small>shown there on every chart; empty: on none</small>
      </div>
    </div>`;
  }

  private facts({ actor, at_wall_s, pinned_wall_s, vessel }: Note) {
    return html`<p class="muted small">
      by ${actor}, ${date(at_wall_s)}; about ${vessel ?? "the whole experiment"}${pinned_wall_s === null
        ? nothing
        : html`, pinned to ${date(pinned_wall_s)}`}
    </p>`;
  }

  private async save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const said = new FormData(event.target as HTMLFormElement);
    const text = String(said.get("text") ?? "").trim();
    const { note, experiment, atS } = this.about;
    if (note !== undefined) {
      await this.send(() => changeNote(note, text));
      return;
    }
    const typed = String(said.get("at") ?? "");
    // The field knows no fractions of a second; where it was not touched, the moment is what was pointed at.
    const isTouched = atS === null ? typed !== "" : typed !== localText(atS);
    const pinned_wall_s = isTouched ? momentOf(typed) : atS;
    await this.send(() => addNote(experiment, { text, vessel: String(said.get("vessel") || "") || null, pinned_wall_s }));
  }

  private async takeAway(): Promise<void> {
    const { note } = this.about;
    if (note !== undefined) await this.send(() => removeNote(note));
  }

  private async send(ask: () => Promise<unknown>): Promise<void> {
    this.isSending = true;
    this.problem = "";
    try {
      await ask();
      this.isDone = true;
      this.dialog.close();
    } catch (error) {
      this.problem = told(error);
    } finally {
      this.isSending = false;
    }
  }

  private closed(): Promise<boolean> {
    this.dialog.showModal();
    return new Promise((resolve) => {
      this.dialog.addEventListener("close", () => resolve(this.isDone), { once: true });
    });
  }
}

/** As `datetime-local` has it, by the clock of whoever looks. */
function localText(wallS: number): string {
  const at = new Date(wallS * 1000);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

function momentOf(text: string): number | null {
  const atMs = text === "" ? NaN : new Date(text).getTime();
  return Number.isFinite(atMs) ? atMs / 1000 : null;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-note": AxenicNote;
  }
}

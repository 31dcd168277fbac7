import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formStyles } from "../styles/form.js";
import { shared } from "../styles/shared.js";

const DAY_S = 86_400;
const NAME_MAX = 100;

/** How a calibration is kept. */
export interface Kept {
  name: string;
  valid_for_s: number | null;
  note: string;
  activate: boolean;
}

/** Asks under which name a calibration is kept, for how long, and whether the device goes by it. Tells
 * of `keep`. */
@customElement("axenic-keep")
export class AxenicKeep extends LitElement {
  static override styles = [
    shared,
    formStyles,
    css`
      form {
        display: grid;
        gap: 1rem;
      }
      .check {
        display: flex;
        align-items: center;
        gap: 0.625rem;
      }
      .check input {
        min-height: 0;
        width: 1.125rem;
        height: 1.125rem;
        accent-color: var(--accent);
      }
      .wide {
        grid-column: 1 / -1;
      }
      .verbs {
        display: flex;
        flex-wrap: wrap;
        gap: 0.625rem;
      }
    `,
  ];

  @property() name = "";
  @property({ type: Boolean }) isReady = false;

  protected override render() {
    return html`<form @submit=${this.keep}>
      <div class="fields">
        <div class="field wide">
          <label for="name">Name</label>
          <input id="name" name="name" required maxlength=${NAME_MAX} autocomplete="off" .value=${this.name} />
        </div>
        <div class="field">
          <label for="days">Valid for</label>
          <span class="control"
            ><input id="days" name="days" type="number" min="1" max="3650" step="any" value="90" /><span class="unit"
              >days</span
            ></span
          >
          <small>then an alert asks for a new one; empty: for ever</small>
        </div>
        <div class="field">
          <label for="note">Note</label>
          <input id="note" name="note" maxlength="500" autocomplete="off" />
        </div>
      </div>
      <label class="check"><input type="checkbox" name="activate" checked /> Go by it from now on</label>
      <div class="verbs">
        <button class="primary" ?disabled=${!this.isReady}>Keep the calibration</button>
        <slot></slot>
      </div>
    </form>`;
  }

  private keep(event: SubmitEvent): void {
    event.preventDefault();
    const said = new FormData(event.target as HTMLFormElement);
    const days = String(said.get("days") ?? "").trim();
    const detail: Kept = {
      name: String(said.get("name") ?? "").trim(),
      valid_for_s: days === "" ? null : Number(days) * DAY_S,
      note: String(said.get("note") ?? "").trim(),
      activate: said.get("activate") !== null,
    };
    this.dispatchEvent(new CustomEvent("keep", { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-keep": AxenicKeep;
  }
}

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { calibrate } from "../api/calibrations.js";
import { told } from "../api/http.js";
import type { Comparable } from "../api/types.js";
import { type Side, dilutionSeries, readValues, shownValue, unitOf } from "../live/comparing.js";
import { unitText } from "../show/units.js";
import { formStyles } from "../styles/form.js";
import { shared } from "../styles/shared.js";

/** Asks where a device is to be compared, and begins. Tells of `begun`. */
@customElement("axenic-new-session")
export class AxenicNewSession extends LitElement {
  static override styles = [
    shared,
    formStyles,
    css`
      form {
        display: grid;
        gap: 1rem;
        padding: 1rem;
        border-radius: 0.75rem;
        background: var(--sunken);
      }
      .verbs {
        display: flex;
        flex-wrap: wrap;
        gap: 0.625rem;
      }
      .wide {
        grid-column: 1 / -1;
      }
      fieldset {
        margin: 0;
        padding: 0.75rem 1rem 1rem;
        border: 1px solid var(--line);
        border-radius: 0.625rem;
        align-items: end;
      }
      .problem {
        color: var(--bad);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) device!: Comparable;
  @query("#values") private values!: HTMLInputElement;
  @state() private isSending = false;
  @state() private problem = "";

  protected override render() {
    const { device } = this;
    const isPump = device.kind === "pump";
    return html`<form @submit=${this.begin} aria-label="Compare ${device.device}">
      <div class="fields">
        <div class="field wide">
          <label for="values">${WHERE[device.kind] ?? "Compare at"}</label>
          <span class="control"
            ><input id="values" name="values" autocomplete="off" .value=${this.usual()} aria-describedby="about-values" />
            ${this.unit ? html`<span class="unit">${unitText(this.unit)}</span>` : nothing}</span
          >
          <small id="about-values">${device.values.length > 0 ? "separated by commas; empty: the usual ones" : "separated by commas; empty: once, whatever the reference shows"}</small>
        </div>
        ${device.kind === "od" ? this.dilution() : nothing}
        <div class="field">
          <label for="repeats">Each so often</label>
          <span class="control"
            ><input id="repeats" name="repeats" type="number" min="1" max="10" value="1" /><span class="unit">times</span></span
          >
        </div>
        ${isPump ? field("density_g_ml", "Density of the liquid", "g/mL", "1", "0.5", "2") : nothing}
        ${device.takes_in
          ? html`<div class="field">
              ${field("vessel_holds_ml", "In the vessel now", "mL", "", "0", "100000")}
              <small>more than it takes besides is never pumped, should the outlet hang in it; empty: filled to its waste tube</small>
            </div>`
          : nothing}
      </div>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      <div class="verbs">
        <button class="primary" ?disabled=${this.isSending}>Begin</button>
        <button type="button" @click=${() => this.dispatchEvent(new CustomEvent("left"))}>Go back</button>
      </div>
    </form>`;
  }

  private dilution() {
    return html`<fieldset class="wide fields" id="dilution">
      <legend class="small muted">From a dilution series</legend>
      ${field("density", "Density of the culture", "OD600", "8", "0.01", "1000")}
      ${field("factor", "Diluted each time by", "times", "2", "1.01", "100")}
      ${field("steps", "So often", "steps", "6", "2", "20")}
      <div class="verbs"><button type="button" @click=${this.dilute}>Fill in the series</button></div>
    </fieldset>`;
  }

  private get side(): Side {
    return this.device.kind === "pump" || this.device.kind === "stirrer" ? "raw" : "actual";
  }

  private get unit(): string {
    return unitOf(this.device, this.side);
  }

  private usual(): string {
    return this.device.values.map((each) => shownValue(this.device, this.side, each)).join(", ");
  }

  private dilute(): void {
    const number = (name: string) => Number(this.shadowRoot?.querySelector<HTMLInputElement>(`[name=${name}]`)?.value);
    this.values.value = dilutionSeries(number("density"), number("factor"), number("steps")).join(", ");
    this.values.focus();
  }

  private async begin(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const said = new FormData(event.target as HTMLFormElement);
    const values = readValues(String(said.get("values") ?? ""), this.device, this.side);
    if (values === null) {
      this.problem = "The values to compare at are numbers, separated by commas, with a point for decimals";
      return;
    }
    const { worker, reactor, device } = this.device;
    const args: Record<string, unknown> = { device, repeats: Number(said.get("repeats") ?? 1) };
    if (values.length > 0) args["values"] = values;
    for (const name of ["density_g_ml", "vessel_holds_ml"]) {
      const typed = String(said.get(name) ?? "").trim();
      if (typed !== "") args[name] = Number(typed);
    }
    this.isSending = true;
    this.problem = "";
    try {
      await calibrate(worker, { do: "start", reactor, args });
      this.dispatchEvent(new CustomEvent("begun", { bubbles: true, composed: true }));
    } catch (error) {
      this.problem = told(error);
    } finally {
      this.isSending = false;
    }
  }
}

const WHERE: Record<string, string> = {
  pump: "Run it for",
  stirrer: "Turn it at",
  od: "OD600 of the standards",
  ph: "pH of the buffers",
  oxygen: "Dissolved oxygen of the standards",
};

function field(name: string, label: string, unit: string, value: string, low: string, high: string) {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <span class="control"
      ><input id=${name} name=${name} type="number" step="any" min=${low} max=${high} .value=${value} /><span class="unit"
        >${unit}</span
      ></span
    >
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-new-session": AxenicNewSession;
  }
}

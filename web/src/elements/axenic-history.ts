import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { documentOf } from "../api/calibrations.js";
import type { Calibration } from "../api/types.js";
import { measure, wayText } from "../live/comparing.js";
import { date } from "../show/time.js";
import { shared } from "../styles/shared.js";
import { tableStyles } from "../styles/table.js";
import "./axenic-fit.js";
import "./axenic-residuals.js";

/** What a person wants of a calibration. */
export interface WantedOf {
  one: Calibration;
  verb: "activate" | "deactivate" | "delete";
}

/** All calibrations of a device, the newest first, laid over each other. Tells of `wanted`. */
@customElement("axenic-history")
export class AxenicHistory extends LitElement {
  static override styles = [
    shared,
    tableStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1.25rem;
      }
      .verbs {
        display: flex;
        flex-wrap: wrap;
        gap: 0.375rem;
        justify-content: flex-end;
      }
      .verbs button,
      .verbs .button {
        min-height: 2.25rem;
        padding: 0 0.75rem;
        font-size: 0.875rem;
      }
      label {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        overflow-wrap: anywhere;
      }
      label input {
        flex: none;
        min-height: 0;
        width: 1.125rem;
        height: 1.125rem;
        accent-color: var(--accent);
      }
      .beside {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        gap: 1rem 2rem;
      }
      td small {
        display: block;
        color: var(--muted);
      }
      @media (max-width: 52rem) {
        .beside {
          grid-template-columns: minmax(0, 1fr);
        }
        table.all,
        .all tbody,
        .all tr,
        .all td,
        .all tbody th {
          display: block;
        }
        .all thead {
          display: none;
        }
        .all tr {
          padding-block: 0.625rem;
          border-bottom: 1px solid var(--line);
        }
        .all td,
        .all tbody th {
          padding: 0.0625rem 0;
          border: 0;
          text-align: left;
          white-space: normal;
        }
        .all td[data-label]::before {
          content: attr(data-label) " ";
          color: var(--muted);
        }
        .verbs {
          justify-content: flex-start;
          margin-top: 0.375rem;
        }
      }
    `,
  ];

  /** Of one device. */
  @property({ attribute: false }) calibrations: Calibration[] = [];
  @state() private shown: Set<string> | null = null;

  protected override render() {
    const first = this.calibrations[0];
    if (first === undefined) return html`<p class="muted">Nothing was kept of it yet.</p>`;
    const shown = this.calibrations.filter((each) => this.chosen().has(each.name));
    const main = shown.find((each) => each.active) ?? shown[0];
    const laid = shown.map((each) => ({
      name: each.name,
      points: each.points,
      curve: each.fit?.curve ?? [],
      colour: this.colourOf(each),
      isMain: each === main,
    }));
    return html`<table class="all">
        <thead>
          <tr>
            <th scope="col">Calibration</th>
            <th scope="col">Made</th>
            <th scope="col">Curve</th>
            <th scope="col" class="number">Standard deviation</th>
            <th scope="col">Valid</th>
            <th scope="col"><span class="visually-hidden">What can be done</span></th>
          </tr>
        </thead>
        <tbody>
          ${this.calibrations.map((each) => this.row(each))}
        </tbody>
      </table>
      ${main === undefined
        ? nothing
        : html`<div class="beside">
            <axenic-fit .kind=${first} .laid=${laid}></axenic-fit>
            <div>
              <p class="small muted">Points of ${main.name}</p>
              <axenic-residuals .kind=${first} .points=${main.points} .fit=${main.fit}></axenic-residuals>
            </div>
          </div>`}`;
  }

  private row(one: Calibration) {
    const until = one.expires_wall_s === null ? "for ever" : `${one.expired ? "expired" : "until"} ${date(one.expires_wall_s)}`;
    return html`<tr data-colour=${this.colourOf(one)}>
      <th scope="row">
        <label>
          <input type="checkbox" .checked=${this.chosen().has(one.name)} @change=${() => this.toggle(one.name)} />
          <span class="swatch"></span><span><span class="visually-hidden">Show </span>${one.name}</span>
        </label>
      </th>
      <td data-label="Made">${date(one.made_wall_s)} <small>${one.by ? `by ${one.by}` : nothing}${one.note ? `: ${one.note}` : nothing}</small></td>
      <td data-label="Curve">${wayText(one.method, one.degree)}, ${one.points.length} points</td>
      <td class="number" data-label="Standard deviation">${one.fit === null ? "–" : measure(one, "actual", one.fit.deviation)}</td>
      <td data-label="Valid">${until}</td>
      <td>
        <div class="verbs">
          ${one.active
            ? html`<button @click=${() => this.want(one, "deactivate")}>Go by it no more</button>`
            : html`<button @click=${() => this.want(one, "activate")}>Go by it</button>`}
          <a class="button" href=${documentOf(one)} download="${one.name}.yaml">Export</a>
          ${one.active
            ? nothing
            : html`<button class="danger" @click=${() => this.want(one, "delete")}>Delete</button>`}
        </div>
      </td>
    </tr>`;
  }

  /** The one in force and the newest, until somebody chooses. */
  private chosen(): Set<string> {
    const first = this.calibrations.find((each) => each.active);
    return this.shown ?? new Set([first, this.calibrations[0]].flatMap((each) => (each ? [each.name] : [])));
  }

  private toggle(name: string): void {
    const shown = new Set(this.chosen());
    if (!shown.delete(name)) shown.add(name);
    this.shown = shown;
  }

  private colourOf(one: Calibration): number {
    return this.calibrations.indexOf(one) % 8;
  }

  private want(one: Calibration, verb: WantedOf["verb"]): void {
    const detail: WantedOf = { one, verb };
    this.dispatchEvent(new CustomEvent("wanted", { detail, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-history": AxenicHistory;
  }
}

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Calibration, Comparable } from "../api/types.js";
import { measure, standing, wayText } from "../live/comparing.js";
import { stretch } from "../show/time.js";
import { shared } from "../styles/shared.js";
import "./axenic-history.js";
import "./axenic-new-session.js";

/** One device that can be compared: what it goes by, what it went by, and a way to compare it anew. */
@customElement("axenic-device")
export class AxenicDevice extends LitElement {
  static override styles = [
    shared,
    css`
      article {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.75rem 1.25rem;
        align-items: center;
        padding-block: 0.875rem;
        border-top: 1px solid var(--line);
      }
      h3 {
        margin: 0;
        font-size: 1rem;
        font-weight: 580;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.375rem 0.75rem;
        overflow-wrap: anywhere;
      }
      .verbs {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      .verbs button {
        min-height: 2.25rem;
        padding: 0 0.75rem;
      }
      .chip {
        padding: 0.125rem 0.625rem;
        border-radius: 1rem;
        font-size: 0.8125rem;
        font-weight: 580;
        background: var(--sunken);
        color: var(--muted);
      }
      .good { background: var(--good-soft); color: var(--good); }
      .soon { background: var(--warn-soft); color: var(--warn); }
      .expired { background: var(--bad-soft); color: var(--bad); }
      p {
        overflow-wrap: anywhere;
      }
      .opened {
        grid-column: 1 / -1;
        min-width: 0;
      }
      @media (max-width: 34rem) {
        article {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  @property({ attribute: false }) device!: Comparable;
  /** Its own, newest first. */
  @property({ attribute: false }) calibrations: Calibration[] = [];
  @property({ type: Number }) nowS = 0;
  /** A session of it is open already. */
  @property({ type: Boolean }) isCompared = false;
  @state() private opens: "" | "history" | "session" = "";

  protected override render() {
    const { device } = this;
    const { is, words } = standing(device, this.nowS);
    return html`<article aria-labelledby="name">
      <div>
        <h3 id="name">${device.device} <span class="chip ${is}">${words}</span></h3>
        <p class="muted small number">${this.goesBy()}</p>
      </div>
      <div class="verbs">
        ${this.isCompared
          ? html`<span class="muted small">is being compared</span>`
          : this.opener("session", "Compare")}
        ${this.calibrations.length === 0 ? nothing : this.opener("history", `History (${this.calibrations.length})`)}
      </div>
      ${this.opens === "" ? nothing : html`<div class="opened" id="opened">${this.opened()}</div>`}
    </article>`;
  }

  private goesBy() {
    const { device } = this;
    const active = this.calibrations.find((each) => each.active);
    if (active === undefined) {
      return device.in_force ? `${device.in_force}, by the hardware description` : "by the hardware description";
    }
    const age = active.made_wall_s === null ? "" : `, ${stretch(this.nowS - active.made_wall_s)} old`;
    const off = active.fit === null ? "" : `, off by ${measure(device, "actual", active.fit.deviation)}`;
    return `${active.name}${age}: ${wayText(active.method, active.degree)} through ${active.points.length} points${off}`;
  }

  private opener(which: "history" | "session", words: string) {
    const isOpen = this.opens === which;
    return html`<button
      aria-expanded=${isOpen ? "true" : "false"}
      aria-label="${words} of ${this.device.device}"
      @click=${() => (this.opens = isOpen ? "" : which)}
    >
      ${words}
    </button>`;
  }

  private opened() {
    if (this.opens === "history") return html`<axenic-history .calibrations=${this.calibrations}></axenic-history>`;
    return html`<axenic-new-session
      .device=${this.device}
      @begun=${() => (this.opens = "")}
      @left=${() => (this.opens = "")}
    ></axenic-new-session>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-device": AxenicDevice;
  }
}

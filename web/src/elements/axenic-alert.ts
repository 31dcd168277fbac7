import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { acknowledgeAlert } from "../api/alerts.js";
import { told } from "../api/http.js";
import type { Alert } from "../api/types.js";
import { icon } from "../show/icons.js";
import { stretch } from "../show/time.js";
import { shared } from "../styles/shared.js";

/** Something people should know, until somebody says that they do. */
@customElement("axenic-alert")
export class AxenicAlert extends LitElement {
  static override styles = [
    shared,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 1rem;
        padding: 0.625rem 0.75rem 0.625rem 1.25rem;
        border-radius: var(--radius);
        background: var(--warn-soft);
        --tone: var(--warn);
      }
      .critical {
        background: var(--bad-soft);
        --tone: var(--bad);
      }
      .info {
        background: var(--info-soft);
        --tone: var(--info);
      }
      svg {
        flex: none;
        width: 1.125rem;
        height: 1.125rem;
        color: var(--tone);
      }
      p {
        flex: 1 1 12rem;
        overflow-wrap: anywhere;
      }
      small {
        color: var(--muted);
        font-size: 0.875rem;
      }
      .problem {
        flex: 1 0 100%;
        color: var(--bad);
      }
    `,
  ];

  @property({ attribute: false }) alert!: Alert;
  /** How long ago it was raised, seconds. */
  @property({ type: Number }) ageS = 0;
  @state() private isSending = false;
  @state() private problem = "";

  protected override render() {
    const { alert, ageS } = this;
    const age = ageS < 60 ? "just now" : `${stretch(ageS)} ago`;
    return html`<div class=${alert.severity}>
      ${icon("bell")}
      <p>
        <span class="visually-hidden">${alert.severity}:</span> ${alert.text}
        <small>${age}</small>
      </p>
      <button ?disabled=${this.isSending} @click=${this.acknowledge}>Acknowledge</button>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
    </div>`;
  }

  private async acknowledge(): Promise<void> {
    this.isSending = true;
    this.problem = "";
    try {
      await acknowledgeAlert(this.alert.id);
      const detail = this.alert.id;
      this.dispatchEvent(new CustomEvent("acknowledged", { detail, bubbles: true, composed: true }));
    } catch (error) {
      this.problem = told(error);
    } finally {
      this.isSending = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-alert": AxenicAlert;
  }
}

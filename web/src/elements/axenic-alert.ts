import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { acknowledgeAlert, silenceLike } from "../api/alerts.js";
import { told } from "../api/http.js";
import type { Alert } from "../api/types.js";
import { icon } from "../show/icons.js";
import { moment, stretch } from "../show/time.js";
import { shared } from "../styles/shared.js";

const SILENCE_H = 2;

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
      .silenced {
        background: none;
        border: 1px solid var(--line);
        --tone: var(--muted);
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
      details {
        flex: 1 0 100%;
        font-size: 0.875rem;
      }
      ul {
        max-height: 12rem;
        overflow-y: auto;
        margin: 0.25rem 0 0;
        padding-left: 1.25rem;
      }
      .problem {
        flex: 1 0 100%;
        color: var(--bad);
      }
    `,
  ];

  @property({ attribute: false }) alert!: Alert;
  /** Others that say the same, but for figures. */
  @property({ attribute: false }) others: Alert[] = [];
  /** How long ago it was raised, seconds. */
  @property({ type: Number }) ageS = 0;
  @state() private isSending = false;
  @state() private problem = "";

  protected override render() {
    const { alert, ageS } = this;
    const age = ageS < 60 ? "just now" : `${stretch(ageS)} ago`;
    const times = alert.count > 1 ? `, ${alert.count} times` : "";
    const untold = alert.delivery === "expired" ? ", nobody could be notified" : "";
    const until = alert.silenced_until_wall_s;
    return html`<div class=${until ? "silenced" : alert.severity}>
      ${icon("bell")}
      <p>
        <span class="visually-hidden">${alert.severity}:</span> ${alert.text}
        <small>${age}${times}${untold}${until ? `, silenced until ${moment(until, alert.raised_wall_s + ageS)}` : ""}</small>
      </p>
      ${until
        ? nothing
        : html`<button
            ?disabled=${this.isSending}
            title="Tell nobody of alerts like this one for ${SILENCE_H} hours"
            @click=${this.silence}
          >
            Silence ${SILENCE_H} h
          </button>`}
      <button ?disabled=${this.isSending} @click=${this.acknowledge}>
        Acknowledge${this.others.length > 0 ? ` all ${this.others.length + 1}` : nothing}
      </button>
      ${this.others.length > 0 ? this.rest(alert.raised_wall_s + ageS) : nothing}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
    </div>`;
  }

  private rest(nowS: number) {
    return html`<details>
      <summary>${this.others.length} more like it</summary>
      <ul>
        ${this.others.map(
          (each) => html`<li>${each.text} <small>${moment(each.raised_wall_s, nowS)}</small></li>`,
        )}
      </ul>
    </details>`;
  }

  private acknowledge(): Promise<void> {
    return this.say(async () => {
      for (const each of [this.alert, ...this.others]) await acknowledgeAlert(each.id);
    });
  }

  private silence(): Promise<void> {
    return this.say(() => silenceLike(this.alert, SILENCE_H * 3600));
  }

  private async say(what: () => Promise<unknown>): Promise<void> {
    this.isSending = true;
    this.problem = "";
    try {
      await what();
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

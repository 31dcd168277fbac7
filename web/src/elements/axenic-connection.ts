import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Connection } from "../live/stream.js";
import { shared } from "../styles/shared.js";

/** Whether what the page shows is live. */
@customElement("axenic-connection")
export class AxenicConnection extends LitElement {
  static override styles = [
    shared,
    css`
      p {
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
        font-size: 0.875rem;
        color: var(--muted);
        white-space: nowrap;
      }
      .dot {
        width: 0.5rem;
        height: 0.5rem;
        border-radius: 50%;
        background: var(--good);
      }
      [data-is="connecting"] .dot {
        background: var(--warn);
      }
      [data-is="offline"] {
        color: var(--bad);
        font-weight: 560;
      }
      [data-is="offline"] .dot {
        background: var(--bad);
      }
    `,
  ];

  @property({ attribute: false }) link: Connection = { is: "connecting" };

  protected override render() {
    return html`<p role="status" data-is=${this.link.is}>
      <span class="dot" aria-hidden="true"></span>${words(this.link)}
    </p>`;
  }
}

function words(link: Connection): string {
  if (link.is === "live") return "Live";
  if (link.is === "connecting") return "Reconnecting …";
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hour12: false };
  return `Offline since ${new Intl.DateTimeFormat("en-GB", options).format(link.sinceMs)}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-connection": AxenicConnection;
  }
}

import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../styles/shared.js";

const KINDS: Record<string, string> = { "+": "more", "-": "less", "@": "where" };

/** What was written differently, as `diff -u` tells it. */
@customElement("axenic-difference")
export class AxenicDifference extends LitElement {
  static override styles = [
    shared,
    css`
      pre {
        margin: 0;
        padding: 0.75rem 1rem;
        overflow: auto;
        max-height: 24rem;
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        font: 0.875rem/1.6 var(--mono);
      }
      .more {
        background: var(--good-soft);
      }
      .less {
        background: var(--bad-soft);
      }
      .where {
        color: var(--muted);
      }
    `,
  ];

  @property() text = "";

  protected override render() {
    if (this.text === "") return html`<p class="muted">Nothing is another.</p>`;
    const lines = this.text.replace(/\n$/, "").split("\n");
    return html`<pre tabindex="0" aria-label="Difference">${lines.map(
      (line) => html`<span class=${KINDS[line.charAt(0)] ?? ""}>${line}
</span>`,
    )}</pre>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-difference": AxenicDifference;
  }
}

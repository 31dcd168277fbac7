import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";

/** The version of Axenic that served this page. */
@customElement("axenic-version")
export class AxenicVersion extends LitElement {
  static override styles = css`
    :host {
      color: var(--axenic-muted, #667);
      font-size: 0.85em;
    }
  `;

  @property() version = "";

  protected override render() {
    return html`Axenic ${this.version}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-version": AxenicVersion;
  }
}

import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../styles/shared.js";

/** Tabs over slots of the same names; only the chosen one is shown. */
@customElement("axenic-tabs")
export class AxenicTabs extends LitElement {
  static override styles = [
    shared,
    css`
      [role="tablist"] {
        display: flex;
        gap: 0.25rem;
        overflow-x: auto;
        border-bottom: 1px solid var(--line);
        margin-bottom: 1rem;
      }
      button {
        border: none;
        border-bottom: 3px solid transparent;
        border-radius: 0.5rem 0.5rem 0 0;
        background: none;
        color: var(--muted);
        white-space: nowrap;
        min-height: 2.75rem;
      }
      button:focus-visible {
        outline-offset: -2px;
      }
      [aria-selected="true"] {
        color: var(--accent);
        border-bottom-color: var(--accent);
      }
    `,
  ];

  @property({ attribute: false }) names: Record<string, string> = {};
  @property() chosen = "";

  protected override render() {
    return html`<div role="tablist" @keydown=${this.move}>
        ${Object.entries(this.names).map(
          ([name, label]) => html`<button
            role="tab"
            id="tab-${name}"
            aria-selected=${name === this.chosen}
            aria-controls="panel"
            tabindex=${name === this.chosen ? 0 : -1}
            @click=${() => this.choose(name)}
          >
            ${label}
          </button>`,
        )}
      </div>
      <div role="tabpanel" id="panel" aria-labelledby="tab-${this.chosen}">
        <slot></slot>
      </div>`;
  }

  private move(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const names = Object.keys(this.names);
    const next = names.at((names.indexOf(this.chosen) + step) % names.length);
    if (next === undefined) return;
    this.choose(next);
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(`#tab-${next}`)?.focus(),
    );
  }

  private choose(name: string): void {
    this.chosen = name;
    this.dispatchEvent(new CustomEvent("chosen", { detail: name }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-tabs": AxenicTabs;
  }
}

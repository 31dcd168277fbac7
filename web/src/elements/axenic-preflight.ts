import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { told } from "../api/http.js";
import { acceptCheck, getPreflight } from "../api/queue.js";
import type { Check, Experiment } from "../api/types.js";
import { shared } from "../styles/shared.js";
import "./axenic-state.js";

/** All that is looked at before a start, each check with its result. */
@customElement("axenic-preflight")
export class AxenicPreflight extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
        display: grid;
        gap: 0.5rem;
      }
      li {
        display: grid;
        grid-template-columns: 6.5rem minmax(0, 1fr) auto;
        gap: 0.125rem 0.75rem;
        align-items: center;
      }
      .what {
        overflow-wrap: anywhere;
      }
      .what strong {
        font-weight: 580;
      }
      li button {
        min-height: 2.25rem;
      }
      @media (max-width: 34rem) {
        li {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .what {
          grid-column: 1 / -1;
          grid-row: 2;
        }
      }
    `,
  ];

  @property({ attribute: false }) experiment!: Experiment;
  /** Whether whoever looks may start it in spite of a check. */
  @property({ type: Boolean }) isMine = false;
  @state() private checks: Check[] | null = null;
  @state() private problem = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.look();
  }

  protected override render() {
    if (this.problem) return html`<p class="muted" role="alert">${this.problem}</p>`;
    if (this.checks === null) return html`<p class="muted">Looking …</p>`;
    return html`<ul aria-label="Checks before the start of ${this.experiment.name}">
      ${this.checks.map(
        (check) => html`<li>
          <axenic-state .is=${check.result}></axenic-state>
          <span class="what"
            ><strong>${check.name}${check.vessel ? ` of ${check.vessel}` : ""}</strong>: ${check.text}</span
          >
          ${this.isMine && check.can_be_accepted && check.result === "bad"
            ? html`<button @click=${() => this.accept(check)}>Start in spite of it</button>`
            : nothing}
        </li>`,
      )}
    </ul>`;
  }

  private async accept(check: Check): Promise<void> {
    try {
      this.experiment = await acceptCheck(this.experiment, check.name);
      this.dispatchEvent(new CustomEvent("changed", { bubbles: true, composed: true }));
      await this.look();
    } catch (error) {
      this.problem = told(error);
    }
  }

  private async look(): Promise<void> {
    try {
      this.checks = (await getPreflight(this.experiment.id)).checks;
      this.problem = "";
    } catch (error) {
      this.problem = told(error);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-preflight": AxenicPreflight;
  }
}

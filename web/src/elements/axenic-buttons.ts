import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { pressButton } from "../api/experiments.js";
import { told } from "../api/http.js";
import type { Button } from "../api/types.js";
import { shared } from "../styles/shared.js";

/** What rules of a running experiment start on when a person presses it. */
@customElement("axenic-buttons")
export class AxenicButtons extends LitElement {
  static override styles = [
    shared,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.625rem;
      }
      .said {
        color: var(--muted);
        font-size: 0.875rem;
      }
      .problem {
        color: var(--bad);
        font-size: 0.875rem;
      }
    `,
  ];

  @property() experiment = "";
  @property({ attribute: false }) buttons: Button[] = [];
  @state() private isSending = false;
  @state() private said = "";
  @state() private problem = "";

  protected override render() {
    if (this.buttons.length === 0) return nothing;
    return html`<div class="row" role="group" aria-label="Buttons of this experiment">
      ${this.buttons.map(
        (button) =>
          html`<button
            title=${`Starts rules on ${button.vessels.join(", ")}`}
            ?disabled=${this.isSending}
            @click=${() => this.press(button.name)}
          >
            ${button.name}
          </button>`,
      )}
      ${this.said ? html`<span class="said" role="status">${this.said}</span>` : nothing}
      ${this.problem ? html`<span class="problem" role="alert">${this.problem}</span>` : nothing}
    </div>`;
  }

  private async press(name: string): Promise<void> {
    this.isSending = true;
    this.said = this.problem = "";
    try {
      const { vessels } = await pressButton(this.experiment, { button: name });
      const missed = vessels.filter((each) => each.outcome !== "done");
      const heard = vessels.filter((each) => each.outcome === "done");
      this.said = `${name}: ${heard.map((each) => each.vessel).join(", ")}`;
      this.problem = missed.map((each) => `${each.vessel}: ${each.reason}`).join("; ");
    } catch (error) {
      this.problem = told(error);
    } finally {
      this.isSending = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-buttons": AxenicButtons;
  }
}

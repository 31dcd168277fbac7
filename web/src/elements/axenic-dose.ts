import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { resolveDose } from "../api/history.js";
import { told } from "../api/http.js";
import type { Dose } from "../api/types.js";
import { digits } from "../live/comparing.js";
import { moment } from "../show/time.js";
import { formStyles } from "../styles/form.js";
import { shared } from "../styles/shared.js";
import "./axenic-state.js";

type Said = "all" | "nothing" | "some";

/** A dose of which nobody saw the end: what is known, and what really moved, as a person says. Tells
 * of `resolved`. */
@customElement("axenic-dose")
export class AxenicDose extends LitElement {
  static override styles = [
    shared,
    formStyles,
    css`
      article {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.875rem;
        padding: 1rem 1.25rem;
        border: 1px solid var(--line);
        border-left: 4px solid var(--colour, var(--odd));
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);
      }
      .where {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem 0.5rem;
        font-size: 0.875rem;
        color: var(--muted);
      }
      h2 {
        margin-top: 0.25rem;
        font-size: 1.125rem;
        font-weight: 600;
      }
      p {
        overflow-wrap: anywhere;
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.875rem;
        justify-items: start;
      }
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 1.5rem;
        min-width: 0;
      }
      legend {
        padding: 0;
        margin-bottom: 0.375rem;
        font-size: 0.9375rem;
        font-weight: 520;
      }
      .choice {
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
        font-weight: 450;
        min-height: 2.5rem;
      }
      .choice input[type="radio"] {
        min-height: 0;
        width: 1.125rem;
        height: 1.125rem;
        accent-color: var(--accent);
      }
      .choice input[type="number"] {
        width: 6.5rem;
      }
      .field {
        width: min(100%, 34rem);
      }
      .problem {
        color: var(--bad);
      }
    `,
  ];

  @property({ attribute: false }) dose!: Dose;
  /** Which of the experiment's vessels it is. */
  @property({ type: Number }) colour = 0;
  @property({ type: Number }) nowS = 0;
  /** Whether whoever looks may say what moved. */
  @property({ type: Boolean }) isMine = false;
  @property() owner = "";
  @state() private said: Said | "" = "";
  @state() private isSending = false;
  @state() private problem = "";

  protected override render() {
    const { dose, nowS } = this;
    const way = dose.direction === "in" ? "into" : "out of";
    return html`<article data-colour=${this.colour} aria-labelledby="what">
      <div>
        <span class="where">
          <span class="swatch"></span>${dose.vessel} <axenic-state is="unknown"></axenic-state>
          <span class="number">begun ${moment(dose.began_wall_s, nowS)}${dose.cause ? `, ${dose.cause}` : nothing}</span>
        </span>
        <h2 id="what">
          Did ${dose.pump} move ${this.volume()} of ${dose.medium || "liquid"} ${way} ${dose.vessel}?
        </h2>
        <p class="muted small">
          ${sentence(dose.reason || "nobody saw the end of it")} It is not repeated; limits, volumes and bottles count
          ${this.volume()} until somebody says what moved.
        </p>
      </div>
      ${this.isMine
        ? this.form()
        : html`<p class="muted small">${this.owner} or an administrator can say what moved.</p>`}
    </article>`;
  }

  private form() {
    return html`<form @submit=${this.submit}>
      <fieldset>
        <legend>What really moved</legend>
        ${this.choice("all", html`all of it, <span class="number">${this.volume()}</span>`)}
        ${this.choice("nothing", html`nothing`)}
        <label class="choice"
          >${this.radio("some")} so much:
          <input
            type="number"
            name="volume_ml"
            aria-label="Volume that moved, in mL"
            min="0"
            step="any"
            ?required=${this.said === "some"}
            @focus=${() => (this.said = "some")}
          /><span class="unit">mL</span></label
        >
      </fieldset>
      <div class="field">
        <label for="note">How do you know?</label>
        <input id="note" name="note" required maxlength="500" autocomplete="off" placeholder="The tube is empty; the vessel stands at its mark" />
      </div>
      <button class="primary" ?disabled=${this.isSending || this.said === ""}>Save</button>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
    </form>`;
  }

  private choice(which: Said, words: unknown) {
    return html`<label class="choice">${this.radio(which)} ${words}</label>`;
  }

  private radio(which: Said) {
    return html`<input
      type="radio"
      name="said"
      value=${which}
      required
      .checked=${this.said === which}
      @change=${() => (this.said = which)}
    />`;
  }

  private volume(): string {
    return `${digits(this.dose.volume_ml)}\u202fmL`;
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const { dose } = this;
    const volume_ml = { all: dose.volume_ml, nothing: 0, some: Number(form.get("volume_ml")), "": NaN }[this.said];
    if (!Number.isFinite(volume_ml)) return;
    this.isSending = true;
    this.problem = "";
    try {
      const experiment = dose.attempt.slice(0, dose.attempt.lastIndexOf("."));
      const note = String(form.get("note") ?? "").trim();
      const { outcome, reason } = await resolveDose(experiment, { key: dose.key, volume_ml, note });
      if (outcome !== "done") this.problem = reason || outcome;
      else this.dispatchEvent(new CustomEvent("resolved", { detail: dose.key, bubbles: true, composed: true }));
    } catch (error) {
      this.problem = told(error);
    } finally {
      this.isSending = false;
    }
  }
}

function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1).replace(/\.$/, "")}.`;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-dose": AxenicDose;
  }
}

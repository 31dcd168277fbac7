import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { told } from "../api/http.js";
import { answerQuestion } from "../api/questions.js";
import type { Question } from "../api/types.js";
import { stretch } from "../show/time.js";
import { shared } from "../styles/shared.js";

/** A question that waits for a person. */
@customElement("axenic-question")
export class AxenicQuestion extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        justify-content: space-between;
        gap: 0.875rem 1.5rem;
        padding: 1rem 1.25rem;
        border: 1px solid var(--line);
        border-left: 4px solid var(--colour, var(--accent));
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);
      }
      .text {
        flex: 1 1 16rem;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .text strong {
        display: block;
        font-size: 1.125rem;
        font-weight: 600;
        letter-spacing: -0.01em;
      }
      .where {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.125rem 0.5rem;
        font-size: 0.875rem;
        color: var(--muted);
      }
      .answer {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 0.75rem;
        min-width: 0;
      }
      label {
        display: grid;
        gap: 0.25rem;
        font-size: 0.875rem;
        color: var(--muted);
        min-width: 0;
      }
      input {
        width: 11rem;
        color: var(--ink);
        font-size: 1rem;
      }
      .problem {
        flex: 1 0 100%;
        color: var(--bad);
        font-size: 0.875rem;
      }
    `,
  ];

  @property({ attribute: false }) question!: Question;
  /** Which of the experiment's vessels it is. */
  @property({ type: Number }) colour = 0;
  /** How long ago it was asked, seconds. */
  @property({ type: Number }) ageS: number | null = null;
  @state() private isSending = false;
  @state() private problem = "";

  protected override render() {
    const { question, ageS } = this;
    const age = ageS === null ? "" : ageS < 60 ? "asked just now" : `asked ${stretch(ageS)} ago`;
    const isSample = question.kind === "sample";
    const isField = isSample || asksForNumber(question);
    return html`<form data-colour=${this.colour} @submit=${this.submit}>
      <div class="text">
        <span class="where">
          <span class="swatch"></span>${question.vessel}${age && html`<span>· ${age}</span>`}
        </span>
        <strong>${isSample ? `Take a sample: ${question.text}` : question.text}</strong>
      </div>
      <div class="answer">${isField ? this.field() : this.choices()}</div>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
    </form>`;
  }

  private field() {
    const { question } = this;
    const isNumber = asksForNumber(question);
    const label = isNumber ? `Answer${question.unit && `, in ${question.unit}`}` : question.text;
    return html`<label
        >${label || "Answer"}
        <input
          name="answer"
          required
          autocomplete="off"
          maxlength="200"
          inputmode=${isNumber ? "decimal" : "text"}
          .value=${question.default === null ? "" : String(question.default)}
        />
      </label>
      <button class="primary" ?disabled=${this.isSending}>Save</button>`;
  }

  private choices() {
    const { answer_type, default: preset } = this.question;
    const isTruth = answer_type === "boolean";
    const choices = isTruth ? ["yes", "no"] : this.question.choices;
    const meant = isTruth ? { true: "yes", false: "no" }[String(preset)] : preset;
    if (choices.length === 0) {
      return html`<button class="primary" ?disabled=${this.isSending} value="confirmed">
        Confirm
      </button>`;
    }
    return choices.map(
      (choice) =>
        html`<button
          class=${choice === meant ? "primary" : ""}
          value=${choice}
          ?disabled=${this.isSending}
        >
          ${choice}
        </button>`,
    );
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const typed = new FormData(form).get("answer");
    const pressed = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "";
    this.isSending = true;
    this.problem = "";
    try {
      const answer = typed === null ? pressed || "confirmed" : String(typed).trim();
      const said = await answerQuestion({ key: this.question.key, answer });
      if (said.outcome !== "done") this.problem = said.reason || said.outcome;
      const { key } = this.question;
      this.dispatchEvent(new CustomEvent("answered", { detail: key, bubbles: true, composed: true }));
    } catch (error) {
      this.problem = told(error);
    } finally {
      this.isSending = false;
    }
  }
}

/** Whether a number is wanted, with or without a unit. */
function asksForNumber({ answer_type, choices }: Question): boolean {
  return !["text", "boolean", "choice"].includes(answer_type) && choices.length === 0;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-question": AxenicQuestion;
  }
}

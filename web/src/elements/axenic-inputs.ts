import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { ifDefined } from "lit/directives/if-defined.js";
import type { Diagnostic, Input } from "../api/types.js";
import type { Chosen } from "../live/draft.js";
import { unitText } from "../show/units.js";
import { formStyles } from "../styles/form.js";
import { shared } from "../styles/shared.js";

/** Numbers without a unit. */
const NUMBERS = new Set(["number", "integer", "fraction", "od"]);

/** What a profile asks its user for. Tells of `choose` with [name, value]. */
@customElement("axenic-inputs")
export class AxenicInputs extends LitElement {
  static override styles = [shared, formStyles];

  @property({ attribute: false }) inputs: Input[] = [];
  @property({ attribute: false }) chosen: Chosen = {};
  @property({ attribute: false }) diagnostics: Diagnostic[] = [];

  protected override render() {
    const sections = [...new Set(this.inputs.map((input) => input.section))];
    return sections.map((section) => {
      const inputs = this.inputs.filter((input) => input.section === section);
      const fields = html`<div class="fields">${inputs.map((input) => this.field(input))}</div>`;
      return section === ""
        ? fields
        : html`<fieldset>
            <legend>${section}</legend>
            ${fields}
          </fieldset>`;
    });
  }

  private field(input: Input) {
    const problem = this.diagnostics.find(
      (each) => each.code === "input" && each.message.startsWith(`${input.name}:`),
    );
    const text = problem?.message.slice(input.name.length + 1).trim();
    return html`<div class="field">
      <label for=${input.name}>${input.description || input.name}</label>
      <span class="control">
        ${input.choices.length > 0 || input.type === "boolean"
          ? this.select(input)
          : this.box(input, problem !== undefined)}
        ${input.unit ? html`<span class="unit">${unitText(input.unit)}</span>` : nothing}
      </span>
      <small id="about-${input.name}" class=${text ? "bad" : ""}>${text ?? bounds(input)}</small>
      ${Object.keys(input.vessels).length > 0
        ? html`<small class="own">${own(input)}</small>`
        : nothing}
    </div>`;
  }

  private box(input: Input, isBad: boolean) {
    const isNumber = isNumeric(input);
    return html`<input
      id=${input.name}
      type=${isNumber ? "number" : "text"}
      min=${ifDefined(isNumber ? (input.minimum ?? undefined) : undefined)}
      max=${ifDefined(isNumber ? (input.maximum ?? undefined) : undefined)}
      step=${ifDefined(isNumber ? stepOf(input) : undefined)}
      autocomplete="off"
      .value=${this.chosen[input.name] ?? shown(input)}
      aria-invalid=${isBad}
      aria-describedby="about-${input.name}"
      ?required=${input.default === null}
      @input=${(event: Event) => this.tell(input.name, (event.target as HTMLInputElement).value)}
    />`;
  }

  private select(input: Input) {
    const choices = input.type === "boolean" ? ["true", "false"] : input.choices;
    const now = this.chosen[input.name] ?? shown(input);
    return html`<select
      id=${input.name}
      aria-describedby="about-${input.name}"
      @change=${(event: Event) => this.tell(input.name, (event.target as HTMLSelectElement).value)}
    >
      ${now === "" ? html`<option value="">choose …</option>` : nothing}
      ${choices.map((each) => html`<option ?selected=${each === now}>${each}</option>`)}
    </select>`;
  }

  private tell(name: string, value: string): void {
    this.dispatchEvent(new CustomEvent("choose", { detail: [name, value] }));
  }
}

/** Durations are text, since people write `1 h 30 min`. */
function isNumeric(input: Input): boolean {
  if (input.type === "time") return false;
  return input.unit !== "" || NUMBERS.has(input.type);
}

/** Without a step of its own, whole numbers step by one, and others are any. */
function stepOf(input: Input): number | string {
  return input.step ?? (input.type === "integer" ? 1 : "any");
}

function shown(input: Input): string {
  return input.default === null ? "" : String(input.default);
}

function bounds(input: Input): string {
  if (input.type === "schedule") return scheduleHint(input);
  const { minimum, maximum, step, unit } = input;
  const bound = (value: number) => [String(value), unitText(unit)].filter(Boolean).join("\u202f");
  const steps = step === null ? "" : `, in steps of ${step}`;
  if (minimum !== null && maximum !== null) return `${bound(minimum)} to ${bound(maximum)}${steps}`;
  if (minimum !== null) return `at least ${bound(minimum)}${steps}`;
  if (maximum !== null) return `at most ${bound(maximum)}${steps}`;
  return (input.default === null ? "must be given" : "") + steps;
}

/** A schedule has no bounds, but two ways of writing it. */
function scheduleHint(input: Input): string {
  if (input.choices.length > 0) return input.default === null ? "must be given" : "";
  return "by the clock, as 0 9 * * mon-fri, or an interval, as 6 h";
}

/** What the profile says for single vessels, which comes before what is chosen here. */
function own(input: Input): string {
  const unit = input.unit ? `\u202f${unitText(input.unit)}` : "";
  return Object.entries(input.vessels)
    .map(([vessel, value]) => `${vessel}: ${value}${typeof value === "number" ? unit : ""}`)
    .join(", ");
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-inputs": AxenicInputs;
  }
}

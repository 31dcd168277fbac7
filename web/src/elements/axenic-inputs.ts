import { LitElement, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Diagnostic, Input } from "../api/types.js";
import type { Chosen } from "../live/draft.js";
import { unitText } from "../show/units.js";
import { formStyles } from "../styles/form.js";
import { shared } from "../styles/shared.js";

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
          : this.text(input, problem !== undefined)}
        ${input.unit ? html`<span class="unit">${unitText(input.unit)}</span>` : nothing}
      </span>
      <small id="about-${input.name}" class=${text ? "bad" : ""}>${text ?? bounds(input)}</small>
      ${Object.keys(input.vessels).length > 0
        ? html`<small class="own">${own(input)}</small>`
        : nothing}
    </div>`;
  }

  private text(input: Input, isBad: boolean) {
    return html`<input
      id=${input.name}
      inputmode=${input.type === "text" ? "text" : "decimal"}
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

function shown(input: Input): string {
  return input.default === null ? "" : String(input.default);
}

function bounds(input: Input): string {
  const { minimum, maximum, unit } = input;
  const bound = (value: number) => [String(value), unitText(unit)].filter(Boolean).join("\u202f");
  if (minimum !== null && maximum !== null) return `${bound(minimum)} to ${bound(maximum)}`;
  if (minimum !== null) return `at least ${bound(minimum)}`;
  if (maximum !== null) return `at most ${bound(maximum)}`;
  return input.default === null ? "must be given" : "";
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

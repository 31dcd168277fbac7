import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { importCalibration } from "../api/calibrations.js";
import { ProblemError, told } from "../api/http.js";
import { shared } from "../styles/shared.js";

/** Takes an axenic: calibration/1 document to a reactor. Tells of `begun` when it is kept. */
@customElement("axenic-import")
export class AxenicImport extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 1rem;
      }
      .file {
        position: relative;
        overflow: hidden;
      }
      .file input {
        position: absolute;
        inset: 0;
        opacity: 0;
        cursor: pointer;
        width: 100%;
      }
      .file:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      .check {
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
        font-size: 0.9375rem;
      }
      .check input {
        min-height: 0;
        width: 1.125rem;
        height: 1.125rem;
        accent-color: var(--accent);
      }
      p,
      ul {
        flex: 1 0 100%;
        margin: 0;
        overflow-wrap: anywhere;
      }
      .bad {
        color: var(--bad);
      }
    `,
  ];

  @property() worker = "";
  @property() reactor = "";
  @state() private said = "";
  @state() private problems: string[] = [];

  protected override render() {
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      <label class="button file"
        >Import YAML<input
          type="file"
          accept=".yaml,.yml"
          aria-label="Import a calibration to ${this.reactor}"
          @change=${this.take}
      /></label>
      <label class="check"><input type="checkbox" name="activate" /> and go by it at once</label>
      ${this.said ? html`<p class="small muted" role="status">${this.said}</p>` : nothing}
      ${this.problems.length > 0
        ? html`<ul class="small bad" role="alert">
            ${this.problems.map((each) => html`<li>${each}</li>`)}
          </ul>`
        : nothing}
    </form>`;
  }

  private async take(event: Event): Promise<void> {
    const chosen = event.target as HTMLInputElement;
    const file = chosen.files?.[0];
    if (file === undefined) return;
    const activate = this.shadowRoot?.querySelector<HTMLInputElement>("[name=activate]")?.checked ?? false;
    this.said = "";
    this.problems = [];
    try {
      const { name } = await importCalibration(this.worker, this.reactor, await file.text(), activate);
      this.said = `${name ?? file.name} is kept${activate ? " and in force" : ""}`;
      this.dispatchEvent(new CustomEvent("begun", { bubbles: true, composed: true }));
    } catch (error) {
      const found = error instanceof ProblemError ? error.diagnostics : [];
      this.problems = found.length > 0 ? found.map((each) => `Line ${each.line}: ${each.message}`) : [told(error)];
    } finally {
      chosen.value = "";
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-import": AxenicImport;
  }
}

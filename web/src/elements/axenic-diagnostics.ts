import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Diagnostic } from "../api/types.js";
import { shared } from "../styles/shared.js";
import "./axenic-state.js";

/** What is to be said of a profile, each at its place. Tells of `go` and `apply`. */
@customElement("axenic-diagnostics")
export class AxenicDiagnostics extends LitElement {
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
        padding: 0.625rem 0.875rem;
        border-radius: 0.75rem;
        background: var(--bad-soft);
        border-left: 3px solid var(--bad);
      }
      li.warning {
        background: var(--warn-soft);
        border-color: var(--warn);
      }
      .place {
        min-height: 1.5rem;
        padding: 0;
        border: none;
        background: none;
        color: inherit;
        font-family: var(--mono);
        font-size: 0.8125rem;
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }
      .place:hover {
        background: none;
      }
      .code {
        font-family: var(--mono);
        font-size: 0.8125rem;
        color: var(--muted);
      }
      p {
        overflow-wrap: anywhere;
      }
      .hint {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.375rem 0.75rem;
        margin-top: 0.25rem;
        font-size: 0.9375rem;
      }
      .hint code {
        font-family: var(--mono);
        font-size: 0.875rem;
      }
      .hint button {
        min-height: 2rem;
        padding: 0 0.75rem;
        font-size: 0.875rem;
      }
    `,
  ];

  @property({ attribute: false }) diagnostics: Diagnostic[] = [];
  /** The file at hand, */
  @property() file = "";
  /** and those that can be gone to. */
  @property({ attribute: false }) files: string[] = [];

  protected override render() {
    return html`<ul aria-label="Findings">
      ${this.diagnostics.map(
        (each) => html`<li class=${each.severity}>
          ${this.place(each)}
          <span class="code">${each.code}</span>
          <p>${each.message}</p>
          ${(each.included_from).map(
            (site) => html`<p class="code">${site.how} from ${site.file}:${site.line}:${site.column}</p>`,
          )}
          ${each.suggestion ? this.hint(each, each.suggestion) : nothing}
        </li>`,
      )}
    </ul>`;
  }

  private place(each: Diagnostic) {
    const severity = html`<span class="visually-hidden">${each.severity} in line </span>`;
    const isElsewhere = this.isElsewhere(each);
    if (isElsewhere && !this.files.includes(each.file)) {
      return html`<span class="code">${severity}${each.file}:${each.line}:${each.column}</span>`;
    }
    return html`<button class="place" @click=${() => this.tell("go", each)}
      >${severity}${isElsewhere ? `${each.file}:` : ""}${each.line}:${each.column}</button
    >`;
  }

  private isElsewhere(each: Diagnostic): boolean {
    return this.file !== "" && each.file !== this.file;
  }

  private hint(diagnostic: Diagnostic, suggestion: string) {
    const isSimple =
      !this.isElsewhere(diagnostic) &&
      diagnostic.line === diagnostic.end_line &&
      diagnostic.end_column > diagnostic.column &&
      !suggestion.includes("\n");
    return html`<p class="hint">
      <span>Did you mean <code>${suggestion}</code>?</span>
      ${isSimple
        ? html`<button
            aria-label="Apply ${suggestion} in line ${diagnostic.line}"
            @click=${() => this.tell("apply", diagnostic)}
          >
            Apply
          </button>`
        : nothing}
    </p>`;
  }

  private tell(name: "go" | "apply", detail: Diagnostic): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-diagnostics": AxenicDiagnostics;
  }
}

import type { EditorView } from "@codemirror/view";
import { LitElement, css, html } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { Diagnostic } from "../api/types.js";
import { shared } from "../styles/shared.js";

type Editor = typeof import("../editor/codemirror.js");

/** A profile's text, to be read or written; tells of changes with `input`. */
@customElement("axenic-code")
export class AxenicCode extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        overflow: hidden;
        background: var(--surface);
      }
      .host {
        height: var(--code-height, auto);
        max-height: var(--code-height-max, none);
        overflow: hidden;
      }
      pre {
        margin: 0;
        padding: 1rem;
        overflow: auto;
        font: 0.875rem/1.6 var(--mono);
      }
    `,
  ];

  @property({ attribute: false }) text = "";
  @property() label = "Profile";
  @property({ type: Boolean }) readonly = false;
  @property({ attribute: false }) diagnostics: Diagnostic[] = [];
  @query(".host") private host!: HTMLElement;

  private editor: Editor | undefined;
  private view: EditorView | undefined;
  /** Where to go once the editor is there. */
  private awaited: Diagnostic | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) void this.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.view?.destroy();
    this.view = undefined;
  }

  /** Put the cursor where a diagnostic points. */
  goTo(diagnostic: Diagnostic): void {
    if (this.view) this.editor?.goTo(this.view, diagnostic.line, diagnostic.column);
    else this.awaited = diagnostic;
  }

  /** Write what a diagnostic suggests. */
  replace(diagnostic: Diagnostic, text: string): void {
    if (this.view) this.editor?.replaceRange(this.view, diagnostic, text);
  }

  /** What stands where a diagnostic points. */
  textAt(diagnostic: Diagnostic): string {
    return this.view && this.editor ? this.editor.textAt(this.view, diagnostic) : "";
  }

  protected override firstUpdated(): void {
    void this.start();
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (!this.view || !this.editor) return;
    if (changed.has("text")) this.editor.setText(this.view, this.text);
    if (changed.has("diagnostics")) this.editor.showDiagnostics(this.view, this.diagnostics);
  }

  protected override render() {
    return html`<div class="host"></div>`;
  }

  private async start(): Promise<void> {
    this.editor ??= await import("../editor/codemirror.js");
    if (!this.isConnected || this.view) return;
    this.view = this.editor.makeEditor({
      parent: this.host,
      root: this.renderRoot as ShadowRoot,
      text: this.text,
      label: this.label,
      readOnly: this.readonly,
      changed: (text) => this.changed(text),
    });
    this.editor.showDiagnostics(this.view, this.diagnostics);
    if (this.awaited) this.goTo(this.awaited);
    this.awaited = undefined;
  }

  private changed(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.dispatchEvent(new CustomEvent("edited", { detail: text, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-code": AxenicCode;
  }
}

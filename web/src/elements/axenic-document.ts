import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { ProblemError, told } from "../api/http.js";
import {
  documentDifference,
  documentHistory,
  readDocument,
  restoreDocument,
  saveDocument,
} from "../api/library.js";
import type { LibraryCommit } from "../api/types.js";
import { date } from "../show/time.js";
import { formStyles } from "../styles/form.js";
import { shared } from "../styles/shared.js";
import { AxenicConfirm } from "./axenic-confirm.js";
import "./axenic-code.js";
import "./axenic-difference.js";

/** One document of the library: read, write, and what it said before. Tells of `kept`. */
@customElement("axenic-document")
export class AxenicDocument extends LitElement {
  static override styles = [
    shared,
    formStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 0.75rem;
      }
      .row .field {
        flex: 1 1 14rem;
      }
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75rem;
      }
      li,
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
      }
      h2 {
        overflow-wrap: anywhere;
      }
      .past {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1rem;
        align-items: center;
      }
      .past span:first-of-type {
        flex: 1 1 14rem;
        overflow-wrap: anywhere;
      }
      .problem {
        color: var(--bad);
      }
      axenic-code {
        --code-height-max: 32rem;
      }
    `,
  ];

  @property() path = "";
  /** Without git there is no past. */
  @property({ type: Boolean }) plain = false;
  @state() private text = "";
  @state() private saved = "";
  @state() private blob: string | null = null;
  @state() private message = "";
  @state() private past: LibraryCommit[] = [];
  @state() private more: string | null = null;
  @state() private shown: { commit: string; difference: string } | undefined;
  @state() private conflict: { difference: string; blob: string | null } | undefined;
  @state() private said = "";
  @state() private problem = "";
  @state() private version = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("beforeunload", this.leaving);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("beforeunload", this.leaving);
  }

  /** Whether something was written that is not saved. */
  get isChanged(): boolean {
    return this.text !== this.saved;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("path")) void this.open();
  }

  protected override render() {
    return html`<h2>${this.path}</h2>
      <p role="status">${this.said}</p>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${this.conflict ? this.conflicting(this.conflict) : nothing}
      ${keyed(
        `${this.path} ${this.version}`,
        html`<axenic-code
          label="${this.path}, YAML"
          .text=${this.text}
          @edited=${(event: CustomEvent<string>) => (this.text = event.detail)}
        ></axenic-code>`,
      )}
      <form class="row" @submit=${this.submit}>
        <div class="field">
          <label for="message">What changes, and why</label>
          <span class="control"
            ><input
              id="message"
              maxlength="500"
              .value=${this.message}
              @input=${(event: Event) => (this.message = (event.target as HTMLInputElement).value)}
          /></span>
        </div>
        <button class="primary" ?disabled=${!this.isChanged}>Save</button>
        ${this.blob === null
          ? nothing
          : html`<a class="button" href="/new?library=${encodeURIComponent(this.path)}">Use it</a>`}
      </form>
      ${this.plain ? nothing : this.history()}`;
  }

  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (this.isChanged) event.preventDefault();
  };

  private conflicting(conflict: { difference: string; blob: string | null }) {
    return html`<section aria-label="Somebody else was faster">
      <p class="problem" role="alert">
        Somebody else saved meanwhile, and nothing of theirs was overwritten. This is how yours differs:
      </p>
      <axenic-difference .text=${conflict.difference}></axenic-difference>
      <div class="row">
        <button @click=${() => void this.save(conflict.blob)}>Save mine in its place</button>
        <button @click=${() => void this.open()}>Take theirs</button>
      </div>
    </section>`;
  }

  private history() {
    return html`<section aria-labelledby="past">
      <h3 id="past">History</h3>
      <ol>
        ${this.past.map((each) => this.commit(each))}
      </ol>
      ${this.more ? html`<button @click=${this.older}>Older ones</button>` : nothing}
    </section>`;
  }

  private commit(each: LibraryCommit) {
    const isShown = this.shown?.commit === each.id;
    return html`<li>
      <div class="past">
        <code>${each.id.slice(0, 12)}</code>
        <span>${each.message.split("\n")[0]}</span>
        <span class="muted">${each.author}, ${date(each.at_wall_s)}</span>
        <button aria-expanded=${isShown} @click=${() => void this.compare(each.id)}>Difference to now</button>
        <button @click=${() => void this.restore(each)}>Restore</button>
      </div>
      ${isShown && this.shown ? html`<axenic-difference .text=${this.shown.difference}></axenic-difference>` : nothing}
    </li>`;
  }

  private async open(): Promise<void> {
    const { path } = this;
    [this.conflict, this.shown, this.problem, this.said, this.message] = [undefined, undefined, "", "", ""];
    [this.past, this.more] = [[], null];
    try {
      const kept = await readDocument(path);
      if (path !== this.path) return;
      this.take(kept.text, kept.blob);
    } catch (error) {
      this.take("", null);
      const isNew = error instanceof ProblemError && error.status === 404;
      if (isNew) this.said = "There is no such document yet: write it, and save.";
      else this.problem = told(error);
    }
    await this.look();
  }

  private take(text: string, blob: string | null): void {
    [this.text, this.saved, this.blob] = [text, text, blob];
    this.version += 1;
  }

  private async look(cursor?: string): Promise<void> {
    if (this.plain) return;
    try {
      const page = await documentHistory(this.path, cursor);
      this.past = cursor ? [...this.past, ...page.items] : page.items;
      this.more = page.next ?? null;
    } catch (error) {
      if (!(error instanceof ProblemError && error.status === 404)) this.problem = told(error);
    }
  }

  private readonly older = () => void this.look(this.more ?? undefined);

  private submit(event: Event): void {
    event.preventDefault();
    void this.save(this.blob);
  }

  private async save(blob: string | null): Promise<void> {
    this.problem = "";
    try {
      const kept = await saveDocument(this.path, this.text, this.message, blob);
      this.kept(kept.text, kept.blob, "Saved.");
    } catch (error) {
      if (error instanceof ProblemError && error.status === 412) this.conflict = error.conflict;
      else this.problem = told(error);
    }
  }

  private async compare(commit: string): Promise<void> {
    if (this.shown?.commit === commit) {
      this.shown = undefined;
      return;
    }
    try {
      const { difference } = await documentDifference(this.path, commit);
      this.shown = { commit, difference };
    } catch (error) {
      this.problem = told(error);
    }
  }

  private async restore(each: LibraryCommit): Promise<void> {
    const text = "It will say again what it said then, by a new commit; nothing of the past is lost.";
    const asked = { title: `Restore ${this.path} of ${date(each.at_wall_s)}?`, text, verb: "Restore" };
    if (!(await AxenicConfirm.ask(asked))) return;
    try {
      const kept = await restoreDocument(this.path, each.id, this.blob);
      this.kept(kept.text, kept.blob, "Restored.");
    } catch (error) {
      if (error instanceof ProblemError && error.status === 412) this.conflict = error.conflict;
      else this.problem = told(error);
    }
  }

  private kept(text: string, blob: string, said: string): void {
    this.take(text, blob);
    [this.conflict, this.shown, this.said, this.message] = [undefined, undefined, said, ""];
    void this.look();
    this.dispatchEvent(new CustomEvent("kept"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-document": AxenicDocument;
  }
}

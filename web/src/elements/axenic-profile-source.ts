import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { told } from "../api/http.js";
import { getProfile } from "../api/profiles.js";
import type { ProfileText, ShippedProfile } from "../api/types.js";
import { type Texts, asProfile, gather, rootsOf } from "../live/bundle.js";
import { formStyles } from "../styles/form.js";
import { shared } from "../styles/shared.js";

/** Where a profile comes from: those that are shipped, files chosen or dropped. Tells of `profile`. */
@customElement("axenic-profile-source")
export class AxenicProfileSource extends LitElement {
  static override styles = [
    shared,
    formStyles,
    css`
      .source {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 0.875rem 1.25rem;
        padding: 1rem clamp(1rem, 2vw, 1.375rem);
        border: 1.5px dashed var(--edge);
        border-radius: var(--radius);
        background: var(--surface);
      }
      .source.over {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      .field {
        flex: 0 1 28rem;
      }
      .or {
        flex: 0 1 auto;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 0.75rem;
        min-height: 2.5rem;
        color: var(--muted);
      }
      .file {
        position: relative;
        color: var(--ink);
      }
      .file input {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        opacity: 0;
        cursor: pointer;
      }
      .file:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      .problem {
        flex: 1 0 100%;
        color: var(--bad);
      }
    `,
  ];

  @property({ attribute: false }) profiles: ShippedProfile[] = [];
  @state() private isOver = false;
  @state() private problem = "";
  /** Several profiles came at once; one has to be chosen. */
  @state() private texts: Texts | undefined;

  protected override render() {
    return html`<div
      class="source ${this.isOver ? "over" : ""}"
      @dragover=${this.over}
      @dragleave=${() => (this.isOver = false)}
      @drop=${this.drop}
    >
      <div class="field">
        <label for="shipped">Begin with a profile that comes with Axenic</label>
        <select id="shipped" @change=${this.pick}>
          <option value="">choose …</option>
          ${this.profiles.map((each) => html`<option value=${each.file}>${each.name}</option>`)}
        </select>
      </div>
      <div class="or">
        <span>or</span>
        <label class="button file">
          Open files
          <input type="file" multiple accept=".yaml,.yml,text/yaml,.zip" @change=${this.open} />
        </label>
        <label class="button file">
          Open a folder
          <input type="file" webkitdirectory @change=${this.open} />
        </label>
        <span>or drop files or a ZIP archive here</span>
      </div>
      ${this.texts ? this.roots(this.texts) : nothing}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
    </div>`;
  }

  private roots(texts: Texts) {
    return html`<div class="field">
      <label for="root">Which of them is the profile?</label>
      <select id="root" @change=${this.root}>
        <option value="">choose …</option>
        ${rootsOf(texts).map((name) => html`<option value=${name}>${name}</option>`)}
      </select>
    </div>`;
  }

  private root(event: Event): void {
    const name = (event.target as HTMLSelectElement).value;
    if (name && this.texts) this.tell(asProfile(this.texts, name));
  }

  private async pick(event: Event): Promise<void> {
    const file = (event.target as HTMLSelectElement).value;
    if (!file) return;
    try {
      this.tell(await getProfile(file));
    } catch (error) {
      this.problem = told(error);
    }
  }

  private open(event: Event): void {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = "";
    void this.read(files);
  }

  private over(event: DragEvent): void {
    event.preventDefault();
    this.isOver = true;
  }

  private drop(event: DragEvent): void {
    event.preventDefault();
    this.isOver = false;
    void this.read([...(event.dataTransfer?.files ?? [])]);
  }

  private async read(files: File[]): Promise<void> {
    if (files.length === 0) return;
    this.problem = "";
    this.texts = undefined;
    try {
      const texts = await gather(files);
      const [first = "", ...others] = Object.keys(texts);
      const roots = others.length > 0 ? rootsOf(texts) : [first];
      if (roots.length === 0) this.problem = "none of them is a profile: it begins with axenic: profile/1";
      else if (roots.length > 1) this.texts = texts;
      else this.tell(asProfile(texts, roots[0] ?? first));
    } catch (error) {
      this.problem = told(error);
    }
  }

  private tell(profile: ProfileText): void {
    this.problem = "";
    this.dispatchEvent(new CustomEvent("profile", { detail: profile }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-profile-source": AxenicProfileSource;
  }
}

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { told } from "../api/http.js";
import { getProfile } from "../api/profiles.js";
import type { ProfileText, ShippedProfile } from "../api/types.js";
import { formStyles } from "../styles/form.js";
import { shared } from "../styles/shared.js";

const SIZE_MAX = 1_000_000;

/** Where a profile comes from: those that are shipped, a file chosen or dropped. Tells of `profile`. */
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
          Open a file
          <input type="file" accept=".yaml,.yml,text/yaml" @change=${this.open} />
        </label>
        <span>or drop one here</span>
      </div>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
    </div>`;
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
    const file = input.files?.[0];
    input.value = "";
    void this.read(file);
  }

  private over(event: DragEvent): void {
    event.preventDefault();
    this.isOver = true;
  }

  private drop(event: DragEvent): void {
    event.preventDefault();
    this.isOver = false;
    void this.read(event.dataTransfer?.files[0]);
  }

  private async read(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    if (file.size > SIZE_MAX) {
      this.problem = `${file.name} is larger than a profile can be (1 MB)`;
      return;
    }
    this.tell({ file: file.name, text: await file.text(), files: {} });
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

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { told } from "../api/http.js";
import { getLibrary, listLibrary, pullLibrary } from "../api/library.js";
import type { LibraryFile, LibraryStanding } from "../api/types.js";
import { formStyles } from "../styles/form.js";
import { pageHead } from "../styles/head.js";
import { shared } from "../styles/shared.js";
import { AxenicConfirm, type Confirmation } from "./axenic-confirm.js";
import "./axenic-document.js";

interface LibraryPageData {
  library: LibraryStanding;
  files: LibraryFile[];
}

/** A laboratory's own profiles. */
@customElement("axenic-library")
export class AxenicLibrary extends LitElement {
  static override styles = [
    shared,
    formStyles,
    pageHead,
    css`
      .columns {
        display: grid;
        gap: 1.25rem;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
        align-items: start;
      }
      .part {
        padding: clamp(1rem, 2vw, 1.375rem);
      }
      .document {
        grid-column: span 2;
      }
      @media (max-width: 60rem) {
        .document {
          grid-column: auto;
        }
      }
      ul {
        margin: 0 0 1rem;
        padding: 0;
        list-style: none;
        display: grid;
        gap: 0.5rem;
      }
      a[aria-current] {
        font-weight: 640;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 0.5rem;
      }
      .problem {
        color: var(--bad);
      }
      .field {
        flex: 1 1 10rem;
      }
    `,
  ];

  @property({ attribute: false }) data!: LibraryPageData;
  @state() private library!: LibraryStanding;
  @state() private files: LibraryFile[] = [];
  @state() private path = "";
  @state() private said = "";
  @state() private problem = "";

  override connectedCallback(): void {
    super.connectedCallback();
    this.library ??= this.data.library;
    this.files = this.data.files;
    this.path = new URLSearchParams(location.search).get("path") ?? "";
  }

  protected override render() {
    const { library } = this;
    return html`<header class="head">
        <h1>Library</h1>
        ${library.remote ? html`<button @click=${this.pull}>Pull ${library.remote}</button>` : nothing}
      </header>
      ${library.why ? html`<p class="muted">There is no history here: ${library.why}.</p>` : nothing}
      <p role="status">${this.said}</p>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      <div class="columns">
        <nav class="card part" aria-label="Documents">
          ${this.files.length > 0
            ? html`<ul>
                ${this.files.map((each) => this.file(each))}
              </ul>`
            : html`<p class="muted">It is empty. Begin a document:</p>`}
          <form @submit=${this.begin}>
            <div class="field">
              <label for="path">New document</label>
              <span class="control"><input id="path" name="path" placeholder="growth/batch.yaml" maxlength="200" required /></span>
            </div>
            <button>Begin</button>
          </form>
        </nav>
        ${this.path
          ? html`<section class="card part document" aria-label=${this.path}>
              <axenic-document
                .path=${this.path}
                ?plain=${library.kind === "folder"}
                @kept=${() => void this.look()}
              ></axenic-document>
            </section>`
          : nothing}
      </div>`;
  }

  private file(each: LibraryFile) {
    return html`<li>
      <a
        href="/library?path=${encodeURIComponent(each.path)}"
        aria-current=${each.path === this.path ? "true" : nothing}
        @click=${(event: MouseEvent) => this.go(event, each.path)}
        >${each.path}</a
      >
      ${each.is_profile ? html`<small class="muted">${each.name}</small>` : nothing}
    </li>`;
  }

  private go(event: MouseEvent, path: string): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void this.choose(path);
  }

  private begin(event: SubmitEvent): void {
    event.preventDefault();
    const path = new FormData(event.target as HTMLFormElement).get("path");
    if (typeof path === "string" && path.trim()) void this.choose(path.trim());
  }

  private async choose(path: string): Promise<void> {
    const isChanged = this.shadowRoot?.querySelector("axenic-document")?.isChanged ?? false;
    if (path === this.path || (isChanged && !(await AxenicConfirm.ask(leaving(this.path))))) return;
    this.path = path;
    history.replaceState(null, "", `/library?path=${encodeURIComponent(path)}`);
  }

  private async look(): Promise<void> {
    try {
      const [library, files] = await Promise.all([getLibrary(), listLibrary()]);
      [this.library, this.files] = [library, files];
    } catch (error) {
      this.problem = told(error);
    }
  }

  private readonly pull = async (): Promise<void> => {
    [this.problem, this.said] = ["", "Pulling …"];
    try {
      const pulled = await pullLibrary();
      this.said = `Pulled: ${pulled.text}.`;
    } catch (error) {
      [this.problem, this.said] = [told(error), ""];
    }
    await this.look();
  };
}

function leaving(path: string): Confirmation {
  return { title: `Leave ${path}?`, text: "What you wrote there is not saved.", verb: "Leave it", isDangerous: true };
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-library": AxenicLibrary;
  }
}

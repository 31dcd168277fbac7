import { LitElement, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { submitExperiment } from "../api/experiments.js";
import { ProblemError, told } from "../api/http.js";
import { readDocument } from "../api/library.js";
import type { ClockNow, Diagnostic, ProfileText, ShippedProfile, Worker } from "../api/types.js";
import { listWorkers } from "../api/workers.js";
import { Clock } from "../live/clock.js";
import { Draft } from "../live/draft.js";
import { formStyles } from "../styles/form.js";
import { newStyles } from "../styles/new.js";
import { pageHead } from "../styles/head.js";
import { shared } from "../styles/shared.js";
import type { AxenicCode } from "./axenic-code.js";
import "./axenic-code.js";
import "./axenic-diagnostics.js";
import "./axenic-inputs.js";
import "./axenic-preview.js";
import "./axenic-profile-source.js";

interface NewPageData {
  clock: ClockNow;
  profiles: ShippedProfile[];
  workers: Worker[];
}

const LOOK_EVERY_MS = 5000;

/** Where a profile is chosen, mended and started. */
@customElement("axenic-new")
export class AxenicNew extends LitElement {
  static override styles = [shared, formStyles, pageHead, newStyles];

  @property({ attribute: false }) data!: NewPageData;
  @state() private workers: Worker[] = [];
  @state() private isSending = false;
  @state() private refusal = "";
  @query("axenic-code") private code!: AxenicCode;
  private readonly draft = new Draft(() => this.requestUpdate());
  private clock!: Clock;
  private every: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.workers = this.data.workers;
    this.clock ??= new Clock(this.data.clock);
    this.every = setInterval(() => void this.look(), LOOK_EVERY_MS);
    const kept = new URLSearchParams(location.search).get("library");
    if (kept && this.draft.text === "") void this.fromLibrary(kept);
  }

  private async fromLibrary(path: string): Promise<void> {
    try {
      this.take(await readDocument(path));
    } catch (error) {
      this.refusal = told(error);
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.every);
    this.draft.end();
  }

  protected override render() {
    const { draft } = this;
    return html`<header class="head"><h1>New experiment</h1></header>
      <axenic-profile-source
        .profiles=${this.data.profiles}
        @profile=${(event: CustomEvent<ProfileText>) => this.take(event.detail)}
      ></axenic-profile-source>
      <div class="columns">
        <section class="writing" aria-label="Profile">
          ${draft.names.length > 1 ? this.files() : nothing}
          ${keyed(draft.shown, this.editor())}
        </section>
        <div class="beside">${this.verdict()} ${this.choices()} ${this.preview()}</div>
      </div>`;
  }

  // An editor for each file, so that nothing of another one is brought back by undoing.
  private editor() {
    const { draft } = this;
    return html`<axenic-code
      label="Profile, YAML"
      .text=${draft.shownText}
      .diagnostics=${(draft.result?.diagnostics ?? []).filter((each) => each.file === draft.shown)}
      @edited=${(event: CustomEvent<string>) => this.write(event.detail)}
    ></axenic-code>`;
  }

  private files() {
    const { draft } = this;
    const wrong = new Set(draft.result?.diagnostics.map((each) => each.file));
    return html`<div class="field files">
      <label for="shown">File</label>
      <select
        id="shown"
        @change=${(event: Event) => draft.show((event.target as HTMLSelectElement).value)}
      >
        ${draft.names.map(
          (name) => html`<option value=${name} ?selected=${name === draft.shown} .selected=${name === draft.shown}>
            ${name}${wrong.has(name) ? " (findings)" : ""}
          </option>`,
        )}
      </select>
    </div>`;
  }

  private verdict() {
    const { draft } = this;
    const diagnostics = draft.result?.diagnostics ?? [];
    return html`<section class="card part" aria-labelledby="verdict">
      <h2 id="verdict">${draft.result?.profile?.name ?? "Profile"}</h2>
      ${draft.result?.profile?.description
        ? html`<p class="muted">${draft.result.profile.description}</p>`
        : nothing}
      <p role="status" class="verdict ${this.tone()}">${this.words()}</p>
      ${diagnostics.length > 0
        ? html`<axenic-diagnostics
            .diagnostics=${diagnostics}
            .file=${draft.shown}
            .files=${draft.names}
            @go=${(event: CustomEvent<Diagnostic>) => void this.go(event.detail)}
            @apply=${(event: CustomEvent<Diagnostic>) => this.apply(event.detail)}
          ></axenic-diagnostics>`
        : nothing}
      <div class="start">
        <button class="primary" ?disabled=${!draft.isReady || this.isSending} @click=${this.start}>
          ${this.isSending ? "Starting …" : "Start experiment"}
        </button>
        ${this.refusal ? html`<p class="refusal" role="alert">${this.refusal}</p>` : nothing}
      </div>
    </section>`;
  }

  private words(): string {
    const { draft } = this;
    if (draft.text.trim() === "") return "Choose a profile, or write one.";
    if (draft.isChecking) return "Checking …";
    if (draft.problem) return `It could not be checked: ${draft.problem}.`;
    const diagnostics = draft.result?.diagnostics ?? [];
    const errors = diagnostics.filter((each) => each.severity === "error").length;
    const warnings = diagnostics.length - errors;
    if (errors > 0) return `${count(errors, "error")} to be mended before it can start.`;
    return warnings > 0 ? `It can start, with ${count(warnings, "warning")}.` : "It is good, and can start.";
  }

  private tone(): string {
    const { draft } = this;
    if (draft.isChecking || draft.result === null) return "";
    return draft.result.ok ? "good" : "bad";
  }

  private choices() {
    const profile = this.draft.result?.profile;
    if (!profile) return nothing;
    const { draft } = this;
    return html`${profile.inputs.length > 0
        ? html`<section class="card part" aria-labelledby="inputs">
            <h2 id="inputs">Inputs</h2>
            <axenic-inputs
              .inputs=${profile.inputs}
              .chosen=${draft.inputs}
              .diagnostics=${draft.result?.diagnostics ?? []}
              @choose=${(event: CustomEvent<[string, string]>) => draft.choose("inputs", ...event.detail)}
            ></axenic-inputs>
          </section>`
        : nothing}
      <section class="card part" aria-labelledby="vessels">
        <h2 id="vessels">Vessels</h2>
        <div class="fields">${profile.vessels.map((vessel, n) => this.binding(vessel, n))}</div>
      </section>`;
  }

  private binding(vessel: string, n: number) {
    const { bindings } = this.draft;
    const chosen = bindings[vessel] ?? "";
    const elsewhere = new Set(
      Object.entries(bindings).flatMap(([other, at]) => (other === vessel ? [] : [at])),
    );
    const free = this.workers.flatMap((worker) => worker.free_reactors);
    const offered = [...new Set([...free, ...(chosen ? [chosen] : [])])];
    return html`<div class="field">
      <label for="bind-${n}"><span class="swatch" data-colour=${n % 8}></span> ${vessel}</label>
      <span class="control">
        <select
          id="bind-${n}"
          @change=${(event: Event) =>
            this.draft.choose("bindings", vessel, (event.target as HTMLSelectElement).value)}
        >
          <option value="" ?selected=${chosen === ""}>any free reactor</option>
          ${offered.map(
            (at) => html`<option value=${at} ?selected=${at === chosen} ?disabled=${elsewhere.has(at)}>
              ${at}${free.includes(at) ? "" : " (not free now)"}
            </option>`,
          )}
        </select>
      </span>
      <small>${free.length === 0 ? "none is free: it waits until one is" : `${free.length} free`}</small>
    </div>`;
  }

  private preview() {
    const rows = this.draft.result?.timetable;
    if (!rows) return nothing;
    return html`<section class="card part" aria-labelledby="preview">
      <h2 id="preview">If it began now</h2>
      <axenic-preview
        .rows=${rows}
        .vessels=${this.draft.result?.profile?.vessels ?? []}
        .nowS=${this.clock.nowS()}
      ></axenic-preview>
    </section>`;
  }

  private take({ text, file, files }: ProfileText): void {
    this.refusal = "";
    this.draft.write(text, file, files);
  }

  private write(text: string): void {
    this.refusal = "";
    this.draft.edit(text);
  }

  private async go(diagnostic: Diagnostic): Promise<void> {
    if (diagnostic.file !== this.draft.shown) {
      this.draft.show(diagnostic.file);
      await this.updateComplete;
    }
    this.code.goTo(diagnostic);
  }

  private apply(diagnostic: Diagnostic): void {
    if (diagnostic.suggestion) this.code.replace(diagnostic, diagnostic.suggestion);
  }

  private async start(): Promise<void> {
    const { draft } = this;
    this.isSending = true;
    this.refusal = "";
    try {
      const experiment = await submitExperiment(...draft.submission());
      location.assign(`/experiments/${encodeURIComponent(experiment.id)}`);
    } catch (error) {
      draft.refused();
      this.refusal = told(error);
      if (error instanceof ProblemError && error.diagnostics.length > 0 && draft.result !== null) {
        draft.result = { ...draft.result, ok: false, diagnostics: error.diagnostics };
      }
      this.isSending = false;
    }
  }

  private async look(): Promise<void> {
    if (document.hidden) return;
    try {
      this.workers = await listWorkers();
    } catch (error) {
      console.info("asked again in a while:", told(error));
    }
  }
}

function count(many: number, word: string): string {
  return `${many} ${word}${many === 1 ? "" : "s"}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-new": AxenicNew;
  }
}

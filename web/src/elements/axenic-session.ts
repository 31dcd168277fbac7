import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { calibrate } from "../api/calibrations.js";
import { told } from "../api/http.js";
import type { Attempted, CalibrationSession, NewComparison } from "../api/types.js";
import {
  answered,
  canonicalValue,
  kindOf,
  measure,
  nameFor,
  placeOf,
  shownValue,
  unitOf,
  wayText,
} from "../live/comparing.js";
import { moment } from "../show/time.js";
import { unitText } from "../show/units.js";
import { formStyles } from "../styles/form.js";
import { sessionStyles } from "../styles/session.js";
import { shared } from "../styles/shared.js";
import { AxenicConfirm } from "./axenic-confirm.js";
import "./axenic-fit.js";
import type { Laid } from "./axenic-fit.js";
import "./axenic-keep.js";
import type { Kept } from "./axenic-keep.js";
import "./axenic-residuals.js";
import "./axenic-shown.js";

/** A session of comparisons: what is to be done, what came of it so far, and how it is kept. Tells of
 * `changed` with what it is now, or null once it is over. */
@customElement("axenic-session")
export class AxenicSession extends LitElement {
  static override styles = [shared, formStyles, sessionStyles];

  @property({ attribute: false }) one!: CalibrationSession;
  @property({ type: Number }) nowS = 0;
  @state() private way = "";
  @state() private isSending = false;
  @state() private problem = "";
  private becameCompleteS = 0;

  protected override render() {
    const { session, worker } = this.one;
    return html`<article class="card" aria-labelledby="title">
      <header>
        <div>
          <h2 id="title">${session.device} <span class="muted">of ${placeOf(worker, session.reactor)}</span></h2>
          <p class="muted small">
            by ${session.by}, since ${moment(session.began_wall_s, this.nowS)} · session ${session.id}; it goes on
            from any browser
          </p>
        </div>
        <button class="danger" ?disabled=${this.isSending} @click=${this.abandon}>Abandon</button>
      </header>
      ${this.steps()}
      <div class="columns">
        <section class="step" aria-label="Step">${this.step()}</section>
        <section class="came" aria-label="What came of it">${this.came()}</section>
      </div>
    </article>`;
  }

  private steps() {
    const { done, of } = this.one.session;
    const words = done === of ? `All ${of} comparisons are made` : `Comparison ${done + 1} of ${of}`;
    return html`<div class="progress">
      <progress max=${of} value=${done} aria-label="${done} of ${of} comparisons are made"></progress>
      <span class="number" role="status">${words}</span>
    </div>`;
  }

  private step() {
    const { session } = this.one;
    const stages: Record<string, () => unknown> = {
      preparing: () => this.preparing(),
      acting: () => this.acting(),
      asking: () => this.asking(),
      complete: () => this.complete(),
    };
    return html`${session.trouble ? html`<p class="trouble">${session.trouble}</p>` : nothing}
    ${stages[session.stage]?.() ?? html`<p>${session.stage}</p>`}
    ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}`;
  }

  private preparing() {
    const { session } = this.one;
    return html`<p class="what">${session.prepare}</p>
      ${this.shown()}
      <div class="verbs">
        <button class="primary" ?disabled=${this.isSending} @click=${() => this.say("go")}>
          ${session.sensor && session.kind !== "stirrer" ? "Take the reading" : "Run it"}
        </button>
        ${session.points.length > 0 ? this.again("Repeat the last one") : nothing}
      </div>`;
  }

  private acting() {
    const { lasts_s, device, kind } = this.one.session;
    const does = kind === "pump" ? "runs" : kind === "stirrer" ? "turns" : "is read";
    return html`<p class="what" role="status">
        ${device} ${does}, for about ${Math.max(1, Math.round(lasts_s))}\u202fs …
      </p>
      <progress aria-label="${device} ${does}"></progress>`;
  }

  private asking() {
    const { session, answer_unit } = this.one;
    const { asked, raw } = session;
    if (!asked) return nothing;
    const kind = kindOf(this.one);
    const unit = asked.type === "fraction" ? unitOf(kind, "actual") : answer_unit;
    const expected = asked.expected === null || asked.expected === undefined ? "" : shownValue(kind, "actual", asked.expected);
    return html`${raw === null || raw === undefined
        ? nothing
        : html`<p class="what">
            ${session.device}: <strong class="number">${measure(kind, "raw", raw)}</strong>
          </p>`}
      <form @submit=${this.answer}>
        <div class="field">
          <label for="value">${asked.question}</label>
          <span class="control">
            <input
              id="value"
              name="value"
              type="number"
              step="any"
              required
              autocomplete="off"
              inputmode="decimal"
              .value=${String(expected)}
            />
            ${unit ? html`<span class="unit">${unitText(unit)}</span>` : nothing}
          </span>
        </div>
        <div class="verbs">
          <button class="primary" ?disabled=${this.isSending}>Save</button>
          ${this.again(session.kind === "pump" ? "Run it again" : "Do it again")}
        </div>
      </form>`;
  }

  private complete() {
    const { session } = this.one;
    return html`<p class="what">Look at the curve, choose another one if it fits better, and keep it.</p>
      <axenic-keep
        .name=${nameFor(session.device, this.completeS())}
        .isReady=${!this.isSending && (this.chosen()?.fit !== null || this.chosen()?.method === "own")}
        @keep=${this.keep}
      >
        ${this.again("Repeat the last one")}
      </axenic-keep>`;
  }

  private came() {
    const { points } = this.one.session;
    const kind = kindOf(this.one);
    const chosen = this.chosen();
    const laid: Laid[] = [
      { name: "this session", points, curve: chosen?.fit?.curve ?? [], colour: 0, isMain: true },
    ];
    return html`<div class="field">
        <label for="fit">Curve</label>
        <select id="fit" @change=${(event: Event) => (this.way = (event.target as HTMLSelectElement).value)}>
          ${this.one.attempts.map(
            (each) =>
              html`<option value=${keyOf(each)} ?selected=${each === chosen}>
                ${wayText(each.method, each.degree)}${each.method === this.one.method ? " (usual)" : ""}${each.fit === null ? " – none yet" : ""}
              </option>`,
          )}
        </select>
      </div>
      <axenic-fit .kind=${kind} .laid=${laid}></axenic-fit>
      <axenic-residuals
        .kind=${kind}
        .points=${points}
        .fit=${chosen?.fit ?? null}
        .reason=${chosen?.reason ?? ""}
      ></axenic-residuals>`;
  }

  private shown() {
    const { session, worker } = this.one;
    if (!session.sensor || session.kind === "stirrer") return nothing;
    return html`<axenic-shown .worker=${worker} .session=${session.id} .sensor=${session.sensor}></axenic-shown>`;
  }

  private again(words: string) {
    return html`<button type="button" ?disabled=${this.isSending} @click=${() => this.say("again")}>${words}</button>`;
  }

  /** When all was compared: kept, so that the proposed name stays what it is. */
  private completeS(): number {
    this.becameCompleteS ||= this.nowS;
    return this.becameCompleteS;
  }

  private chosen(): Attempted | undefined {
    const { attempts, method } = this.one;
    return (
      attempts.find((each) => keyOf(each) === this.way) ?? attempts.find((each) => each.method === method)
    );
  }

  private async answer(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const typed = Number(new FormData(event.target as HTMLFormElement).get("value"));
    const isShare = this.one.session.asked?.type === "fraction";
    const value = isShare ? canonicalValue(kindOf(this.one), "actual", typed) : typed;
    await this.say("answer", { value });
  }

  private async keep(event: CustomEvent<Kept>): Promise<void> {
    const chosen = this.chosen();
    if (chosen !== undefined) await this.say("keep", { ...event.detail, method: chosen.method, degree: chosen.degree });
  }

  private async abandon(): Promise<void> {
    const { session } = this.one;
    const sure = await AxenicConfirm.ask({
      title: `Abandon the session of ${session.device}?`,
      text: `${session.done} of ${session.of} comparisons are made; they are lost.`,
      verb: "Abandon it",
      isDangerous: true,
    });
    if (sure) await this.say("abandon");
  }

  private async say(verb: NewComparison["do"], more: Record<string, unknown> = {}): Promise<void> {
    const { worker, session } = this.one;
    this.isSending = true;
    this.problem = "";
    try {
      const now = await calibrate(worker, {
        do: verb,
        reactor: session.reactor,
        args: { session: session.id, ...more },
      });
      const isOver = verb === "abandon" || verb === "keep";
      const detail = isOver || now.session === undefined ? null : answered(this.one, now.session);
      this.dispatchEvent(new CustomEvent("changed", { detail, bubbles: true, composed: true }));
    } catch (error) {
      this.problem = told(error);
    } finally {
      this.isSending = false;
    }
  }

  protected override updated(changed: Map<string, unknown>): void {
    const before = changed.get("one") as CalibrationSession | undefined;
    const isNewlyAsked = before !== undefined && before.session.stage !== "asking";
    if (isNewlyAsked && this.one.session.stage === "asking") {
      this.shadowRoot?.querySelector<HTMLInputElement>("#value")?.focus();
    }
  }
}

function keyOf({ method, degree }: Attempted): string {
  return `${method} ${degree}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-session": AxenicSession;
  }
}

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { listActions, listComing } from "../api/history.js";
import { told } from "../api/http.js";
import type { Action, TimetableRow } from "../api/types.js";
import type { ExperimentStore } from "../live/experiment-store.js";
import { elapsed, iso, moment, stretch } from "../show/time.js";
import { shared } from "../styles/shared.js";
import { timetableStyles } from "../styles/timetable.js";
import "./axenic-state.js";

const FIRST = 8;
const MORE = 25;
const AHEAD_S = 7 * 86_400;
const COMING_EVERY_MS = 30_000;
const COMING_EVERY_MS_MIN = 3000;

/** What was done, what came of it, and what is to come, around a line that says now. */
@customElement("axenic-timetable")
export class AxenicTimetable extends LitElement {
  static override styles = [
    shared,
    timetableStyles,
    css`
      .now {
        display: flex;
        align-items: center;
        gap: 0.75rem;
        margin-block: 0.375rem;
        font-size: 0.8125rem;
        font-weight: 620;
        color: var(--accent);
        font-variant-numeric: tabular-nums;
      }
      .now::before,
      .now::after {
        content: "";
        height: 2px;
        flex: 1;
        border-radius: 1px;
        background: var(--accent);
      }
      .now::before {
        flex: 0 0 1.5rem;
      }
    `,
  ];

  @property({ attribute: false }) store!: ExperimentStore;
  @property({ attribute: false }) vessels: string[] = [];
  @property({ attribute: false }) actions: Action[] = [];
  @property({ type: Number }) tick = 0;
  @state() private older: Action[] = [];
  @state() private cursor: string | null | undefined;
  @state() private coming: TimetableRow[] = [];
  @state() private problem = "";
  @state() private pastShown = FIRST;
  @state() private comingShown = FIRST;
  private timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const everyMs = Math.max(COMING_EVERY_MS_MIN, COMING_EVERY_MS / this.store.clock.speed);
    this.timer = setInterval(() => void this.look(), everyMs);
    void this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  protected override render() {
    const past = this.past();
    const nowS = this.store.clock.nowS();
    const known = new Set(past.map((each) => each.action_id));
    const next = this.coming.filter(
      (row) => !known.has(row.action_id) && (row.wall_s === null || row.wall_s > nowS),
    );
    const shown = past.slice(0, this.pastShown).reverse();
    const hasOlder = past.length > this.pastShown || this.cursor !== null;
    return html`
      ${hasOlder ? html`<button class="plain" @click=${this.showOlder}>Show earlier</button>` : nothing}
      <ol aria-label="What was done">
        ${shown.map((action) => this.pastRow(action, nowS))}
      </ol>
      <p class="now">now, ${moment(nowS, nowS)}</p>
      <ol aria-label="What is to come">
        ${next.slice(0, this.comingShown).map((row) => this.comingRow(row, nowS))}
      </ol>
      ${this.tail(next)}
    `;
  }

  private tail(next: TimetableRow[]) {
    if (this.problem) return html`<p class="muted small">${this.problem}</p>`;
    if (next.length === 0) return html`<p class="muted small">Nothing is planned for the next seven days.</p>`;
    if (next.length <= this.comingShown) return nothing;
    return html`<button class="plain" @click=${this.showMore}>Show more</button>`;
  }

  private pastRow(action: Action, nowS: number) {
    const wallS = action.began_wall_s ?? action.ended_wall_s;
    const processS = action.began_process_s ?? action.ended_process_s;
    return html`<li>
      <time datetime=${iso(wallS)}
        >${moment(wallS, nowS)}<small>${processS === null ? "" : elapsed(processS)}</small></time
      >
      ${this.vessel(action.vessel)}
      ${what(action.action, action.detail, action.item)}
      <span class="outcome">
        <axenic-state .is=${action.outcome ?? "goes on"}></axenic-state>
        ${action.reason ? html`<small>${action.reason}</small>` : nothing}
      </span>
    </li>`;
  }

  private comingRow(row: TimetableRow, nowS: number) {
    const soon = row.wall_s === null ? "" : `in ${stretch(row.wall_s - nowS)}`;
    return html`<li class="coming">
      <time datetime=${iso(row.wall_s)}
        >${row.wall_s === null ? "later" : moment(row.wall_s, nowS)}<small
          >${row.time_s === null ? `in ${row.phase}` : elapsed(row.time_s)}</small
        ></time
      >
      ${this.vessel(row.vessel)} ${what(row.action, row.detail, row.phase)}
      <span class="outcome"><small>${soon}${row.estimated ? ", estimated" : ""}</small></span>
    </li>`;
  }

  private vessel(vessel: string) {
    const colour = Math.max(0, this.vessels.indexOf(vessel)) % 8;
    return html`<span class="vessel" data-colour=${colour}><span class="swatch"></span>${vessel}</span>`;
  }

  // What is live, and what was paged in before it; an action is in one of the two only.
  private past(): Action[] {
    const live = new Set(this.actions.map((each) => each.action_id));
    const all = [...this.actions, ...this.older.filter((each) => !live.has(each.action_id))];
    return all.sort((one, other) => momentOf(other) - momentOf(one));
  }

  private async showOlder(): Promise<void> {
    this.pastShown += MORE;
    if (this.past().length >= this.pastShown || this.cursor === null) return;
    try {
      const page = await listActions(this.store.state.experiment.id, this.cursor);
      this.older = [...this.older, ...page.items];
      this.cursor = page.next ?? null;
    } catch (error) {
      this.problem = told(error);
    }
  }

  private showMore(): void {
    this.comingShown += MORE;
  }

  private async look(): Promise<void> {
    if (document.hidden) return;
    try {
      this.coming = await listComing(this.store.state.experiment.id, AHEAD_S);
      this.problem = "";
    } catch (error) {
      this.problem = `What is to come cannot be shown: ${told(error)}.`;
    }
  }
}

function momentOf(action: Action): number {
  return action.began_process_s ?? action.ended_process_s ?? 0;
}

function what(action: string, detail: string, place: string) {
  const isWhole = detail === "" || action === "wait";
  return html`<span class="what">
    <strong>${isWhole ? `${action} ${detail}` : detail}</strong>
    <small>${[isWhole ? "" : action, place === "do" ? "" : place].filter(Boolean).join(" · ")}</small>
  </span>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-timetable": AxenicTimetable;
  }
}

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { told } from "../api/http.js";
import { type Asked, type By, getStatistics, listAttempts } from "../api/statistics.js";
import type { Attempt, ClockNow, Listing, Statistics, Tally } from "../api/types.js";
import { Clock } from "../live/clock.js";
import { Watch, type Watcher } from "../live/watch.js";
import { KINDS, KIND_WORDS, counts, lasted, percent } from "../show/rates.js";
import { date, iso, stretch } from "../show/time.js";
import { formStyles } from "../styles/form.js";
import { pageHead } from "../styles/head.js";
import { shared } from "../styles/shared.js";
import "./axenic-attempt.js";
import "./axenic-connection.js";
import "./axenic-lengths.js";
import "./axenic-rate.js";
import "./axenic-tabs.js";

interface StatisticsPageData {
  event_id: number;
  clock: ClockNow;
  statistics: Statistics;
  attempts: Listing<Attempt>;
}

const LOOK_EVERY_MS = 60_000;
const TELLING = new Set(["experiment"]);
const DAY_S = 86_400;
const BY: Record<By, string> = { profile: "By profile", vessel: "By vessel", user: "By user" };
const SPANS: Record<string, number> = { "7 days": 7, "30 days": 30, "90 days": 90, "a year": 365 };

/** What became of all that was started: rates, lengths against estimates, attempts with their steps. */
@customElement("axenic-statistics")
export class AxenicStatistics extends LitElement implements Watcher {
  static override styles = [
    shared,
    pageHead,
    formStyles,
    css`
      .card {
        padding: clamp(1rem, 2vw, 1.375rem);
      }
      section + section {
        margin-top: 1.25rem;
      }
      h2 {
        margin-bottom: 0.75rem;
      }
      .totals {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 8.5rem), 1fr));
        gap: 1rem 1.5rem;
        margin: 0;
      }
      .totals dt {
        font-size: 0.875rem;
        color: var(--muted);
      }
      .totals dd {
        margin: 0;
        font-size: 1.375rem;
        font-weight: 620;
        font-variant-numeric: tabular-nums;
      }
      .totals dd small {
        display: block;
        font-size: 0.875rem;
        font-weight: 400;
        color: var(--muted);
      }
      .tallies {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .tallies li {
        display: grid;
        grid-template-columns: minmax(0, 1.2fr) minmax(9rem, 1.4fr) minmax(0, 1.4fr);
        gap: 0.25rem 1.5rem;
        align-items: center;
        padding-block: 0.625rem;
        border-bottom: 1px solid var(--line);
      }
      .tallies li:last-child {
        border-bottom: none;
      }
      .tallies button {
        min-height: 2.25rem;
        height: auto;
        padding: 0.25rem 0;
        justify-content: flex-start;
        text-align: left;
        white-space: normal;
        overflow-wrap: anywhere;
      }
      .tallies button[aria-pressed="true"] {
        font-weight: 680;
        text-decoration: underline;
      }
      small {
        color: var(--muted);
        overflow-wrap: anywhere;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.25rem;
        margin: 0.75rem 0 0;
        padding: 0;
        list-style: none;
        font-size: 0.875rem;
        color: var(--muted);
      }
      .key li::before {
        content: "";
        display: inline-block;
        width: 0.75rem;
        height: 0.75rem;
        margin-right: 0.375rem;
        border-radius: 0.1875rem;
        vertical-align: -0.0625rem;
        background: var(--colour);
      }
      .key .completed { --colour: var(--good); }
      .key .failed { --colour: var(--bad-solid); }
      .key .cancelled { --colour: var(--edge); }
      .key .under_way { --colour: var(--info); }
      .key .band { --colour: color-mix(in srgb, var(--info) 28%, var(--surface)); }
      .when {
        margin-left: auto;
      }
      .more {
        margin-top: 0.875rem;
      }
      .problem {
        margin-bottom: 1rem;
        color: var(--bad);
      }
      @media (max-width: 44rem) {
        .tallies li {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  @property({ attribute: false }) data!: StatisticsPageData;
  @state() private asked: Asked = { by: "profile", name: "", sinceWallS: 0 };
  @state() private span = "";
  @state() private statistics!: Statistics;
  @state() private tallies: Tally[] = [];
  @state() private attempts: Attempt[] = [];
  @state() private next: string | null = null;
  @state() private problem = "";
  private clock!: Clock;
  private turn = 0;
  private readonly watch = new Watch(this, TELLING, LOOK_EVERY_MS);

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock ??= new Clock(this.data.clock);
    this.show(this.data.statistics, this.data.attempts);
  }

  protected override render() {
    const { total } = this.statistics;
    return html`<header class="head">
        <h1>Statistics</h1>
        <axenic-connection .link=${this.watch.link}></axenic-connection>
        <div class="field when">
          <label for="span">Begun within</label>
          <select id="span" @change=${this.choose}>
            <option value="" ?selected=${this.span === ""}>all time</option>
            ${Object.keys(SPANS).map((each) => html`<option value=${each} ?selected=${each === this.span}>${each}</option>`)}
          </select>
        </div>
      </header>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      <section class="card" aria-labelledby="total">
        <h2 id="total" class="visually-hidden">In all</h2>
        ${this.totals(total)}
      </section>
      <section class="card" aria-label="Success rates">
        <axenic-tabs .names=${BY} .chosen=${this.asked.by} @chosen=${this.chooseBy}>${this.rates()}</axenic-tabs>
      </section>
      <section class="card" aria-labelledby="lengths">
        <h2 id="lengths">Duration against estimate${this.ofWhom()}</h2>
        <axenic-lengths .attempts=${this.attempts}></axenic-lengths>
        <ul class="key" aria-hidden="true">
          <li class="band">bounds of the estimate</li>
          <li class="completed">ended within them</li>
          <li class="failed">ended outside</li>
        </ul>
      </section>
      <section class="card" aria-labelledby="attempts">
        <h2 id="attempts">Attempts${this.ofWhom()}</h2>
        ${this.attempts.length === 0 ? html`<p class="muted">Nothing was started in this time.</p>` : nothing}
        ${repeat(this.attempts, (each) => each.attempt, (each) => html`<axenic-attempt .attempt=${each}></axenic-attempt>`)}
        ${this.next === null ? nothing : html`<p class="more"><button @click=${this.more}>Show earlier attempts</button></p>`}
      </section>`;
  }

  private totals(total: Tally) {
    const success = total.last_success_wall_s;
    return html`<dl class="totals">
      <div><dt>Success rate</dt><dd>${percent(total.success_rate)}<small>of those that came to their own end</small></dd></div>
      <div><dt>Attempts</dt><dd>${total.attempts}<small>${counts(total)}</small></dd></div>
      <div>
        <dt>Last success</dt>
        <dd>
          ${success === null ? "–" : html`<time datetime=${iso(success)}>${stretch(this.clock.nowS() - success)} ago</time>`}
          <small>${success === null ? "none has completed" : date(success)}</small>
        </dd>
      </div>
      <div>
        <dt>Within the estimate</dt>
        <dd>
          ${percent(total.estimated > 0 ? total.within / total.estimated : null)}
          <small>${total.within} of ${total.estimated} that completed and had one</small>
        </dd>
      </div>
    </dl>`;
  }

  private rates() {
    if (this.tallies.length === 0) return html`<p class="muted">Nothing was started in this time.</p>`;
    return html`<ul class="tallies">
        ${this.tallies.map((tally) => this.tally(tally))}
      </ul>
      ${this.statistics.next ? html`<p class="more"><button @click=${this.moreTallies}>Show more</button></p>` : nothing}
      <ul class="key" aria-hidden="true">
        ${KINDS.map((kind) => html`<li class=${kind}>${KIND_WORDS[kind]}</li>`)}
      </ul>`;
  }

  private tally(tally: Tally) {
    const isChosen = tally.name === this.asked.name;
    const success = tally.last_success_wall_s;
    return html`<li>
      <button
        class="plain"
        aria-pressed=${isChosen ? "true" : "false"}
        @click=${() => this.ask({ ...this.asked, name: isChosen ? "" : tally.name })}
      >
        ${tally.name}
      </button>
      <div>
        <axenic-rate .tally=${tally}></axenic-rate>
        <small>${counts(tally)}</small>
      </div>
      <small>
        ${success === null
          ? "no success yet"
          : html`last success <time datetime=${iso(success)}>${date(success)}</time>; ${lasted(tally)}`}
      </small>
    </li>`;
  }

  private ofWhom(): string {
    return this.asked.name ? ` of ${this.asked.name}` : "";
  }

  private choose(event: Event): void {
    this.span = (event.target as HTMLSelectElement).value;
    const days = SPANS[this.span];
    this.ask({ ...this.asked, sinceWallS: days === undefined ? 0 : Math.floor(this.clock.nowS() - days * DAY_S) });
  }

  private chooseBy(event: CustomEvent<string>): void {
    this.ask({ ...this.asked, by: event.detail as By, name: "" });
  }

  private ask(asked: Asked): void {
    this.asked = asked;
    void this.look();
  }

  async look(): Promise<void> {
    const turn = ++this.turn;
    try {
      const [statistics, attempts] = await Promise.all([getStatistics(this.asked), listAttempts(this.asked)]);
      if (turn === this.turn) this.show(statistics, attempts);
    } catch (error) {
      if (turn === this.turn) this.problem = told(error);
    }
  }

  private show(statistics: Statistics, attempts: Listing<Attempt>): void {
    this.statistics = statistics;
    this.tallies = statistics.items;
    this.attempts = attempts.items;
    this.next = attempts.next ?? null;
    this.problem = "";
  }

  private async more(): Promise<void> {
    const turn = ++this.turn;
    try {
      const { items, next } = await listAttempts(this.asked, this.next ?? undefined);
      if (turn !== this.turn) return;
      this.attempts = [...this.attempts, ...items];
      this.next = next ?? null;
    } catch (error) {
      this.problem = told(error);
    }
  }

  private async moreTallies(): Promise<void> {
    const turn = ++this.turn;
    try {
      const found = await getStatistics(this.asked, this.statistics.next ?? undefined);
      if (turn !== this.turn) return;
      this.tallies = [...this.tallies, ...found.items];
      this.statistics = { ...this.statistics, next: found.next };
    } catch (error) {
      this.problem = told(error);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-statistics": AxenicStatistics;
  }
}

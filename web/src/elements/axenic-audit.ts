import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { type Asked, listDeeds } from "../api/audit.js";
import { listExperiments } from "../api/experiments.js";
import { told } from "../api/http.js";
import type { Deed, Experiment } from "../api/types.js";
import { who } from "../live/who.js";
import { came, deedText, detailOf } from "../show/deeds.js";
import { date, iso } from "../show/time.js";
import { formStyles } from "../styles/form.js";
import { pageHead } from "../styles/head.js";
import { shared } from "../styles/shared.js";
import { stackedRows, tableStyles } from "../styles/table.js";
import "./axenic-state.js";

interface AuditPageData {
  /** Names of what can be asked for. */
  deeds: string[];
}

const FOR_ADMINISTRATORS =
  "What everybody did is for administrators. Choose an experiment, or say at the foot of the page that you are one.";
const CHOICES_MAX = 20;
const FILTERS = ["experiment", "actor", "deed"] as const;

/** Who did what, when and from where. */
@customElement("axenic-audit")
export class AxenicAudit extends LitElement {
  static override styles = [
    shared,
    pageHead,
    formStyles,
    tableStyles,
    stackedRows,
    css`
      .card {
        padding: clamp(1rem, 2vw, 1.375rem);
      }
      form {
        margin-bottom: 1rem;
      }
      .fields {
        align-items: end;
      }
      td {
        overflow-wrap: anywhere;
      }
      time {
        white-space: nowrap;
      }
      td a {
        white-space: nowrap;
      }
      td small {
        display: block;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.75rem;
        margin: 0;
        font-size: 0.875rem;
      }
      dl div {
        display: flex;
        gap: 0.25rem;
        min-width: 0;
      }
      dt {
        flex: none;
        color: var(--muted);
      }
      dt::after {
        content: ":";
      }
      dd {
        margin: 0;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .problem,
      .empty {
        padding-block: 0.75rem;
        color: var(--muted);
      }
      .choices {
        display: grid;
        gap: 0.25rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .choices small {
        color: var(--muted);
      }
      .more {
        margin-top: 1rem;
      }
      @media (max-width: 60rem) {
        td small {
          display: inline;
        }
        td a {
          white-space: normal;
        }
      }
    `,
  ];

  @property({ attribute: false }) data!: AuditPageData;
  @state() private asked: Asked = { experiment: "", actor: "", deed: "" };
  @state() private deeds: Deed[] = [];
  @state() private next: string | null = null;
  @state() private experiments: Experiment[] = [];
  @state() private problem = "";
  @state() private isLooking = true;
  private turn = 0;
  private readonly someoneElse = () => void this.look();
  private readonly wentBack = () => {
    this.asked = askedIn(location.search);
    void this.look();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("axenic-who", this.someoneElse);
    addEventListener("popstate", this.wentBack);
    this.wentBack();
    void listExperiments({ limit: 100 }).then(
      ({ items }) => (this.experiments = items),
      (error: unknown) => console.info("names are typed, then:", told(error)),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("axenic-who", this.someoneElse);
    removeEventListener("popstate", this.wentBack);
  }

  protected override render() {
    return html`<header class="head"><h1>Audit</h1></header>
      <section class="card">
        ${this.filters()}
        ${this.problem
          ? html`<p class="problem" role="alert">${this.problem}</p>
              ${this.problem === FOR_ADMINISTRATORS ? this.choices() : nothing}`
          : this.deeds.length === 0
            ? html`<p class="empty" role="status">${this.isLooking ? "Looking …" : "Nobody asked for such a thing."}</p>`
            : this.table()}
        ${this.next === null || this.problem
          ? nothing
          : html`<p class="more"><button @click=${this.more}>Show earlier</button></p>`}
      </section>`;
  }

  private filters() {
    const { experiment, actor, deed } = this.asked;
    return html`<form @submit=${this.filter} @change=${this.filter} role="search" aria-label="The audit">
      <div class="fields">
        <div class="field">
          <label for="experiment">Experiment</label>
          <input id="experiment" name="experiment" list="experiments" autocomplete="off" .value=${experiment} />
          <datalist id="experiments">
            ${this.experiments.map((each) => html`<option value=${each.id}>${each.name}</option>`)}
          </datalist>
        </div>
        <div class="field">
          <label for="actor">Person</label>
          <input id="actor" name="actor" autocomplete="off" maxlength="64" .value=${actor} />
        </div>
        <div class="field">
          <label for="deed">What</label>
          <select id="deed" name="deed">
            <option value="" ?selected=${deed === ""}>everything</option>
            ${this.data.deeds.map((each) => html`<option value=${each} ?selected=${each === deed}>${deedText(each)}</option>`)}
          </select>
        </div>
        <div class="field"><button>Look again</button></div>
      </div>
    </form>`;
  }

  /** What everybody may look at: one experiment at a time, one's own first. */
  private choices() {
    if (this.experiments.length === 0) return nothing;
    const isMine = (each: Experiment) => each.actor === who().name;
    const all = [...this.experiments.filter(isMine), ...this.experiments.filter((each) => !isMine(each))];
    return html`<ul class="choices" aria-label="Experiments">
      ${all.slice(0, CHOICES_MAX).map(
        (each) =>
          html`<li>
            <a href="/audit?experiment=${encodeURIComponent(each.id)}">${each.name}</a>
            <small>${each.id}, ${each.actor}</small>
          </li>`,
      )}
    </ul>`;
  }

  private table() {
    return html`<table>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who, from where</th>
          <th scope="col">What</th>
          <th scope="col">Experiment</th>
          <th scope="col">Asked</th>
          <th scope="col">Outcome</th>
        </tr>
      </thead>
      <tbody>
        ${this.deeds.map((each) => this.row(each))}
      </tbody>
    </table>`;
  }

  private row(deed: Deed) {
    const { is, words } = came(deed);
    const detail = detailOf(deed);
    return html`<tr>
      <td><time datetime=${iso(deed.at_wall_s)}>${date(deed.at_wall_s)}</time></td>
      <td>${deed.actor} <small>${deed.role === "user" ? "" : `${deed.role}, `}${deed.address || "unknown address"}</small></td>
      <td>${deedText(deed.deed)}</td>
      <td>${deed.experiment === null ? nothing : html`<a href="/experiments/${encodeURIComponent(deed.experiment)}">${deed.experiment}</a>`}</td>
      <td>${detail.length === 0 ? nothing : html`<dl>${detail.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`}</td>
      <td><axenic-state .is=${is}></axenic-state> ${words ? html`<small>${words}</small>` : nothing}</td>
    </tr>`;
  }

  private filter(event: Event): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const said = new FormData(form);
    const typed = (name: string) => String(said.get(name) ?? "").trim();
    this.asked = { experiment: typed("experiment"), actor: typed("actor"), deed: typed("deed") };
    const query = new URLSearchParams(FILTERS.flatMap((name) => (this.asked[name] ? [[name, this.asked[name]]] : [])));
    const to = query.size > 0 ? `?${query}` : location.pathname;
    if (to !== (location.search || location.pathname)) history.pushState(null, "", to);
    void this.look();
  }

  private async look(): Promise<void> {
    const turn = ++this.turn;
    this.isLooking = true;
    try {
      const { items, next } = await listDeeds(this.asked);
      if (turn !== this.turn) return;
      [this.deeds, this.next, this.problem] = [items, next ?? null, ""];
    } catch (error) {
      if (turn !== this.turn) return;
      this.problem = this.isForAdministrators() ? FOR_ADMINISTRATORS : told(error);
    }
    this.isLooking = false;
  }

  private async more(): Promise<void> {
    const turn = ++this.turn;
    try {
      const { items, next } = await listDeeds(this.asked, this.next ?? undefined);
      if (turn !== this.turn) return;
      this.deeds = [...this.deeds, ...items];
      this.next = next ?? null;
    } catch (error) {
      if (turn === this.turn) this.problem = told(error);
    }
  }

  private isForAdministrators(): boolean {
    return this.asked.experiment === "" && who().role !== "administrator";
  }
}

function askedIn(search: string): Asked {
  const query = new URLSearchParams(search);
  const [experiment = "", actor = "", deed = ""] = FILTERS.map((name) => query.get(name) ?? "");
  return { experiment, actor, deed };
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-audit": AxenicAudit;
  }
}

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { listExperiments } from "../api/experiments.js";
import { told } from "../api/http.js";
import type { Experiment } from "../api/types.js";
import { type ExperimentsPageData, ExperimentsStore, isOpen } from "../live/experiments-store.js";
import { date, iso, stretch } from "../show/time.js";
import { pageHead } from "../styles/head.js";
import { folded } from "../show/fold.js";
import { shared } from "../styles/shared.js";
import "./axenic-alert.js";
import "./axenic-connection.js";
import "./axenic-experiment-card.js";
import "./axenic-state.js";

const TICK_MS = 1000;

/** All experiments: those under way first. */
@customElement("axenic-experiments")
export class AxenicExperiments extends LitElement {
  static override styles = [
    shared,
    pageHead,
    css`
      .cards {
        display: grid;
        gap: clamp(0.875rem, 2vw, 1.25rem);
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr));
      }
      .alerts {
        display: grid;
        gap: 0.625rem;
        margin-bottom: 1.25rem;
      }
      .past {
        margin: 0.75rem 0 0;
        padding: 0.25rem clamp(1rem, 2vw, 1.375rem);
        list-style: none;
      }
      .past li {
        display: grid;
        grid-template-columns: minmax(0, 2fr) 7.5rem minmax(0, 1fr) minmax(0, 1.3fr);
        gap: 0.25rem 1.25rem;
        align-items: center;
        padding-block: 0.75rem;
        border-bottom: 1px solid var(--line);
      }
      .past li:last-child {
        border-bottom: none;
      }
      .past a {
        font-weight: 560;
        overflow-wrap: anywhere;
      }
      .past small {
        display: block;
        font-size: 0.875rem;
        color: var(--muted);
        overflow-wrap: anywhere;
      }
      .empty p {
        max-width: 30rem;
        margin: 0.75rem auto 1.5rem;
        color: var(--muted);
      }
      section + section {
        margin-top: 2.25rem;
      }
      @media (max-width: 44rem) {
        .past li {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .past .when {
          grid-column: 1 / -1;
        }
        .past .how {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) data!: ExperimentsPageData;
  @state() private store!: ExperimentsStore;
  @state() private older: Experiment[] = [];
  @state() private cursor: string | null | undefined;
  @state() private problem = "";
  @state() private tick = 0;
  private ticking: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.store ??= new ExperimentsStore(this.data, () => this.requestUpdate());
    this.store.open();
    this.ticking = setInterval(() => (this.tick += 1), TICK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.store.close();
    clearInterval(this.ticking);
  }

  protected override render() {
    const { experiments } = this.store;
    const known = new Set(experiments.map((each) => each.id));
    const all = [...experiments, ...this.older.filter((each) => !known.has(each.id))];
    const open = all.filter(isOpen);
    const past = all.filter((each) => !isOpen(each));
    return html`<header class="head">
        <h1>Experiments</h1>
        <axenic-connection .link=${this.store.link}></axenic-connection>
        <a class="button primary" href="/new">New experiment</a>
      </header>
      ${this.alerts()} ${all.length === 0 ? this.empty() : nothing}
      ${open.length > 0 ? this.open(open) : nothing} ${past.length > 0 ? this.past(past) : nothing}
      ${this.more()}`;
  }

  // Those that belong to no experiment: nobody would see them elsewhere.
  private alerts() {
    const general = this.store.alerts.filter((each) => each.experiment === null);
    const nowS = this.store.clock.nowS();
    const said = general.map((each) => `${each.severity}: ${each.text}.`).join(" ");
    return html`<p class="visually-hidden" role="status">${said}</p>
    <div class="alerts" ?hidden=${general.length === 0}>
      ${folded(general).map(
        ({ newest, others }) => html`<axenic-alert
          .alert=${newest}
          .others=${others}
          .ageS=${nowS - newest.raised_wall_s}
          @acknowledged=${() => this.store.returned()}
        ></axenic-alert>`,
      )}
    </div>`;
  }

  private open(experiments: Experiment[]) {
    return html`<section aria-labelledby="open">
      <h2 id="open" class="visually-hidden">Under way</h2>
      <div class="cards">
        ${experiments.map(
          (each) => html`<axenic-experiment-card
            .experiment=${each}
            .near=${this.store.closeUps.get(each.id)}
            .questions=${this.store.questions.filter((one) => one.experiment === each.id)}
            .alerts=${this.store.alerts.filter((one) => one.experiment === each.id)}
            .clock=${this.store.clock}
            .tick=${this.tick}
          ></axenic-experiment-card>`,
        )}
      </div>
    </section>`;
  }

  private past(experiments: Experiment[]) {
    return html`<section aria-labelledby="past">
      <h2 id="past">Past</h2>
      <ul class="card past">
        ${experiments.map((each) => pastRow(each))}
      </ul>
    </section>`;
  }

  private empty() {
    return html`<section class="card empty">
      <h2>No experiments yet</h2>
      <p>
        Describe a culture's life in a profile: its phases, its schedule, its limits. Axenic checks
        it, shows what will happen, and runs it.
      </p>
      <a class="button primary" href="/new">Begin with a profile</a>
    </section>`;
  }

  private more() {
    const cursor = this.cursor === undefined ? this.store.next : this.cursor;
    if (this.problem) return html`<p class="muted" role="alert">${this.problem}</p>`;
    if (cursor === null) return nothing;
    return html`<button class="plain" @click=${() => this.showOlder(cursor)}>Show older ones</button>`;
  }

  private async showOlder(cursor: string): Promise<void> {
    try {
      const page = await listExperiments({ cursor });
      this.older = [...this.older, ...page.items];
      this.cursor = page.next ?? null;
      this.problem = "";
    } catch (error) {
      this.problem = told(error);
    }
  }
}

function pastRow(experiment: Experiment) {
  const { started_wall_s: started, ended_wall_s: ended } = experiment;
  const lasted = started === null || ended === null ? "" : stretch(ended - started);
  return html`<li>
    <span>
      <a href="/experiments/${encodeURIComponent(experiment.id)}">${experiment.name}</a>
      ${experiment.reason ? html`<small>${experiment.reason}</small>` : nothing}
    </span>
    <axenic-state .is=${experiment.state}></axenic-state>
    <span class="muted small how">${experiment.vessels.join(", ")}</span>
    <span class="muted small number when">
      <time datetime=${iso(ended)}>${date(ended)}</time>${lasted && ` · ${lasted}`} · ${experiment.actor}
    </span>
  </li>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-experiments": AxenicExperiments;
  }
}

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { getProfileText } from "../api/experiments.js";
import { listVolumes } from "../api/history.js";
import { told } from "../api/http.js";
import type { ExperimentDetail, Latest, Note, Picture, Run, Volume, Worker } from "../api/types.js";
import { listPictures } from "../api/pictures.js";
import { listWorkers } from "../api/workers.js";
import type { Axis } from "../chart/lanes.js";
import { type ExperimentPageData, ExperimentStore } from "../live/experiment-store.js";
import { who } from "../live/who.js";
import { folded } from "../show/fold.js";
import { shared } from "../styles/shared.js";
import "./axenic-alert.js";
import "./axenic-buttons.js";
import type { PointedAt } from "./axenic-chart.js";
import "./axenic-chart.js";
import "./axenic-chart-tools.js";
import "./axenic-code.js";
import "./axenic-events.js";
import "./axenic-dose.js";
import "./axenic-experiment-head.js";
import { AxenicNote } from "./axenic-note.js";
import "./axenic-notes.js";
import "./axenic-pictures.js";
import "./axenic-provenance.js";
import "./axenic-question.js";
import "./axenic-tabs.js";
import "./axenic-timetable.js";
import "./axenic-vessel.js";

const TABS = {
  timetable: "Timetable",
  notes: "Notes",
  profile: "Profile",
  events: "Event log",
  provenance: "Provenance",
};
const POLL_EVERY_MS = 15_000;
const TICK_MS = 1000;
/** Doses that wait for a word, at a time. */
const DOSES_MAX = 5;

/** One experiment's page. */
@customElement("axenic-experiment")
export class AxenicExperiment extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: clamp(1.25rem, 2.5vw, 1.75rem);
      }
      .attention {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75rem;
      }
      .vessels {
        display: grid;
        gap: clamp(0.875rem, 2vw, 1.25rem);
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr));
      }
      .charts {
        display: grid;
        gap: clamp(0.875rem, 2vw, 1.25rem);
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr));
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.75rem 1.5rem;
        margin-bottom: 0.875rem;
      }
      .sheet {
        padding: clamp(0.5rem, 1.5vw, 0.75rem) clamp(1rem, 2vw, 1.375rem) 1.25rem;
      }
      .links {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 1.25rem;
        font-size: 0.9375rem;
      }
    `,
  ];

  @property({ attribute: false }) data!: ExperimentPageData;
  @state() private store!: ExperimentStore;
  @state() private volumes: Volume[] = [];
  @state() private workers: Worker[] = [];
  /** Oldest first. */
  @state() private pictures: Picture[] = [];
  private pictured = 0;
  @state() private rangeS: number | null = null;
  @state() private axis: Axis = "process";
  @state() private tab: keyof typeof TABS = "timetable";
  @state() private profile = "";
  @state() private tick = 0;
  private releases: (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.store ??= new ExperimentStore(this.data);
    this.rangeS = this.data.experiment.charts[0]?.window_s ?? null;
    const polling = setInterval(() => void this.poll(), POLL_EVERY_MS);
    const ticking = setInterval(() => (this.tick += 1), TICK_MS);
    const someoneElse = () => this.requestUpdate();
    addEventListener("axenic-who", someoneElse);
    this.releases = [
      () => removeEventListener("axenic-who", someoneElse),
      this.store.subscribe({ changed: () => this.changed(), returned: () => void Promise.all([this.poll(), this.look()]) }),
      () => clearInterval(polling),
      () => clearInterval(ticking),
      () => this.store.close(),
    ];
    this.store.open();
    void this.poll();
    void this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const release of this.releases) release();
    this.releases = [];
  }

  protected override render() {
    const { experiment } = this.store.state;
    return html`
      <axenic-experiment-head
        .experiment=${experiment}
        .link=${this.store.link}
        .clock=${this.store.clock}
        .tick=${this.tick}
      ></axenic-experiment-head>
      ${this.buttons()} ${this.attention()} ${this.vessels()} ${this.charts()} ${this.camera()}
      ${this.sheet()}
    `;
  }

  private buttons() {
    const { buttons, id, state } = this.store.state.experiment;
    if (state !== "running" || buttons.length === 0) return nothing;
    return html`<axenic-buttons .experiment=${id} .buttons=${buttons}></axenic-buttons>`;
  }

  private attention() {
    const { questions, alerts, doses, experiment } = this.store.state;
    const { clock } = this.store;
    // Told once when it comes; the rows themselves change with every minute that passes.
    const said = [
      ...questions.map((each) => `${each.vessel} asks: ${each.text}.`),
      ...alerts.map((each) => `${each.severity}: ${each.text}.`),
      ...doses.map((each) => `${each.vessel}: nobody saw the end of a dose by ${each.pump}.`),
    ];
    return html`<p class="visually-hidden" role="status">${said.join(" ")}</p>
    <section
      class="attention"
      aria-label="Questions and alerts"
      ?hidden=${questions.length + alerts.length + doses.length === 0}
      @resolved=${this.refresh}
      @answered=${this.refresh}
      @acknowledged=${this.refresh}
    >
      ${questions.map(
        (question) => html`<axenic-question
          .question=${question}
          .colour=${experiment.vessels.indexOf(question.vessel) % 8}
          .ageS=${question.asked_wall_s === null ? null : clock.nowS() - question.asked_wall_s}
        ></axenic-question>`,
      )}
      ${doses.slice(0, DOSES_MAX).map(
        (dose) => html`<axenic-dose
          .dose=${dose}
          .colour=${experiment.vessels.indexOf(dose.vessel) % 8}
          .nowS=${clock.nowS()}
          .isMine=${this.isMine()}
          .owner=${experiment.actor}
        ></axenic-dose>`,
      )}
      ${doses.length > DOSES_MAX
        ? html`<p class="muted small">and ${doses.length - DOSES_MAX} more doses of which nobody saw the end</p>`
        : nothing}
      ${folded(alerts).map(
        ({ newest, others }) => html`<axenic-alert
          .alert=${newest}
          .others=${others}
          .ageS=${clock.nowS() - newest.raised_wall_s}
        ></axenic-alert>`,
      )}
    </section>`;
  }

  private vessels() {
    const { experiment, latest, phases } = this.store.state;
    return html`<section aria-labelledby="vessels" class="vessels">
      <h2 id="vessels" class="visually-hidden">Vessels</h2>
      ${runsOf(experiment).map((run) => {
        const stays = phases.filter((each) => each.vessel === run.vessel);
        const stay = stays.at(-1);
        return html`<axenic-vessel
          .run=${run}
          .colour=${experiment.vessels.indexOf(run.vessel) % 8}
          .latest=${latest[run.vessel] ?? {}}
          .stay=${stay}
          .outline=${experiment.phases.find((each) => each.name === stay?.phase)}
          .volumes=${this.volumes.filter((each) => each.vessel === run.vessel)}
          .worker=${this.workers.find((each) => each.worker === run.worker)}
          .clock=${this.store.clock}
          .tick=${this.tick}
        ></axenic-vessel>`;
      })}
    </section>`;
  }

  private charts() {
    const { experiment } = this.store.state;
    if (experiment.charts.length === 0) return nothing;
    return html`<section aria-labelledby="charts">
      <div class="bar">
        <h2 id="charts">Charts</h2>
        <axenic-chart-tools
          .rangeS=${this.rangeS}
          .axis=${this.axis}
          @range=${(event: CustomEvent<number | null>) => (this.rangeS = event.detail)}
          @axis=${(event: CustomEvent<Axis>) => (this.axis = event.detail)}
        ></axenic-chart-tools>
      </div>
      <div class="charts" @pin=${this.pin}>
        ${experiment.charts.map(
          (chart) => html`<axenic-chart
            .chart=${chart}
            .vessels=${experiment.vessels}
            .store=${this.store}
            .rangeS=${this.rangeS}
            .axis=${this.axis}
          ></axenic-chart>`,
        )}
      </div>
    </section>`;
  }

  private camera() {
    const { experiment, latest } = this.store.state;
    const shown = runsOf(experiment).filter(({ vessel }) => {
      return hasCamera(latest[vessel]) || this.pictures.some((each) => each.vessel === vessel);
    });
    if (shown.length === 0) return nothing;
    return html`<section aria-labelledby="pictures">
      <div class="bar"><h2 id="pictures">Pictures</h2></div>
      <div class="vessels">
        ${shown.map(
          (run) => html`<axenic-pictures
            .experiment=${experiment.id}
            .run=${run}
            .pictures=${this.pictures.filter((each) => each.vessel === run.vessel)}
            ?hasCamera=${hasCamera(latest[run.vessel])}
            .colour=${experiment.vessels.indexOf(run.vessel) % 8}
          ></axenic-pictures>`,
        )}
      </div>
    </section>`;
  }

  private sheet() {
    const { id } = this.store.state.experiment;
    const path = `/api/experiments/${encodeURIComponent(id)}`;
    return html`<section class="card sheet" aria-labelledby="details">
      <h2 id="details" class="visually-hidden">Details</h2>
      <axenic-tabs
        .names=${TABS}
        .chosen=${this.tab}
        @chosen=${(event: CustomEvent<keyof typeof TABS>) => this.choose(event.detail)}
      >
        ${this.panel()}
      </axenic-tabs>
    </section>
    <p class="links">
      <a href="${path}/export.csv" download>Readings (CSV)</a>
      <a href="${path}/actions.csv" download>Actions (CSV)</a>
      <a href="${path}/plan">Plan (JSON)</a>
      <a href="${path}/bundle.zip" download>Everything, as a bundle</a>
      <a href="/audit?experiment=${encodeURIComponent(id)}">Audit</a>
    </p>`;
  }

  private panel() {
    const { actions, events, experiment } = this.store.state;
    if (this.tab === "profile") {
      return html`<axenic-code readonly .text=${this.profile} label=${experiment.file_name}></axenic-code>`;
    }
    if (this.tab === "notes") {
      return html`<axenic-notes
        .notes=${this.store.state.notes}
        .vessels=${experiment.vessels}
        .nowS=${this.store.clock.nowS()}
        @note=${(event: CustomEvent<Note | null>) => this.write(this.store.clock.nowS(), event.detail)}
      ></axenic-notes>`;
    }
    if (this.tab === "events") {
      return html`<axenic-events .store=${this.store} .fresh=${events}></axenic-events>`;
    }
    if (this.tab === "provenance") {
      return html`<axenic-provenance .experiment=${experiment.id}></axenic-provenance>`;
    }
    return html`<axenic-timetable
      .store=${this.store}
      .vessels=${experiment.vessels}
      .actions=${actions}
      .tick=${Math.floor(this.tick / 5)}
    ></axenic-timetable>`;
  }

  private changed(): void {
    this.requestUpdate();
    const told = this.store.state.events.filter((each) => each.kind === "picture").at(-1);
    if (told === undefined || told.id === this.pictured) return;
    this.pictured = told.id;
    void this.look();
  }

  private async look(): Promise<void> {
    try {
      this.pictures = (await listPictures(this.store.state.experiment.id)).reverse();
    } catch (error) {
      console.info("asked again with the next picture:", told(error));
    }
  }

  private isMine(): boolean {
    const { name, role } = who();
    return role === "administrator" || this.store.state.experiment.actor === name;
  }

  private pin(event: CustomEvent<PointedAt>): void {
    const { atS, pin } = event.detail;
    const { name, role } = who();
    const isTheirs = pin !== undefined && (role === "administrator" || pin.note.actor === name);
    void this.write(atS, isTheirs ? pin.note : null);
  }

  private async write(atS: number, note: Note | null): Promise<void> {
    const { id, vessels } = this.store.state.experiment;
    const about = { experiment: id, vessels, atS, ...(note === null ? {} : { note }) };
    if (await AxenicNote.open(about)) this.refresh();
  }

  private choose(tab: keyof typeof TABS): void {
    this.tab = tab;
    if (tab === "profile" && !this.profile) void this.fetchProfile();
  }

  private async fetchProfile(): Promise<void> {
    try {
      this.profile = await getProfileText(this.store.state.experiment.id);
    } catch (error) {
      this.profile = `# The profile could not be fetched: ${told(error)}\n`;
    }
  }

  private readonly refresh = (): void => {
    // Events tell of it too; this is for a stream that is away at the moment.
    void this.store.refresh().catch((error: unknown) => console.info(told(error)));
  };

  private async poll(): Promise<void> {
    if (document.hidden) return;
    try {
      const id = this.store.state.experiment.id;
      [this.volumes, this.workers] = await Promise.all([listVolumes(id), listWorkers()]);
    } catch (error) {
      console.info("asked again in a while:", told(error));
    }
  }
}

/** Whether the job has told how many pictures it took. */
function hasCamera(latest: Record<string, Latest> | undefined): boolean {
  return latest?.["camera.pictures"] !== undefined;
}

/** Its runs; where none has begun, what is to become of each vessel. */
function runsOf(experiment: ExperimentDetail): Run[] {
  if (experiment.runs.length > 0) return experiment.runs;
  return experiment.vessels.map((vessel) => ({
    vessel,
    worker: experiment.bindings[vessel] ?? null,
    reactor: null,
    state: "queued",
    reason: "",
    answer: "pending",
    revision: experiment.revision,
    phase: null,
    visit: 0,
    process_s: 0,
    phase_s: null,
    began_wall_s: null,
    ended_wall_s: null,
    waits_at: null,
    waits_for: [],
  }));
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-experiment": AxenicExperiment;
  }
}

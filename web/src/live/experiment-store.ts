// Keeps an experiment's state up to date while a page shows it.
import { listAlerts } from "../api/alerts.js";
import { getExperiment } from "../api/experiments.js";
import { listUnresolved } from "../api/history.js";
import { listNotes } from "../api/notes.js";
import { listQuestions } from "../api/questions.js";
import { getLatest } from "../api/readings.js";
import type { ClockNow, Event, ExperimentDetail, Latest, ReadingsEvent } from "../api/types.js";
import { Clock } from "./clock.js";
import { type ExperimentState, byVessel, foldEvent, foldReadings, isHint } from "./experiment-state.js";
import { type Connection, Stream, type StreamListener } from "./stream.js";

/** What the server lays into the page. */
export interface ExperimentPageData
  extends Pick<ExperimentState, "actions" | "phases" | "questions" | "alerts" | "doses" | "notes"> {
  event_id: number;
  clock: ClockNow;
  experiment: ExperimentDetail;
  latest: Latest[];
}

export interface StoreListener {
  /** The state or the connection is another one; called five times a second at most. */
  changed?(): void;
  readings?(readings: ReadingsEvent): void;
  /** Live readings were missed: fetch what is shown anew. */
  returned?(): void;
}

const CHANGED_EVERY_MS = 200;
const REFRESH_AFTER_MS = 300;

export class ExperimentStore implements StreamListener {
  state: ExperimentState;
  link: Connection = { is: "connecting" };
  readonly clock: Clock;
  private readonly stream: Stream;
  private readonly listeners = new Set<StoreListener>();
  private told: ReturnType<typeof setTimeout> | undefined;
  private refreshing: ReturnType<typeof setTimeout> | undefined;

  constructor(data: ExperimentPageData) {
    const { experiment, actions, phases, questions, alerts, doses, notes } = data;
    const latest = byVessel(data.latest);
    this.state = { experiment, latest, actions, phases, questions, alerts, doses, notes, events: [] };
    this.clock = new Clock(data.clock);
    this.stream = new Stream(this, data.event_id, experiment.id);
  }

  open(): void {
    this.stream.open();
  }

  close(): void {
    this.stream.close();
    clearTimeout(this.told);
    clearTimeout(this.refreshing);
    this.told = this.refreshing = undefined;
  }

  /** Hear of changes until the function that this returns is called. */
  subscribe(listener: StoreListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  event(event: Event): void {
    this.state = foldEvent(this.state, event);
    if (isHint(event)) this.refreshSoon();
    this.tellSoon();
  }

  readings(readings: ReadingsEvent): void {
    this.state = foldReadings(this.state, readings);
    if (readings.at_wall_s !== null) this.clock.atLeast(readings.at_wall_s);
    for (const each of this.listeners) each.readings?.(readings);
    this.tellSoon();
  }

  connection(connection: Connection): void {
    this.link = connection;
    this.tellSoon();
  }

  returned(): void {
    for (const each of this.listeners) each.returned?.();
    void getLatest(this.state.experiment.id).then((latest) => {
      this.state = { ...this.state, latest: byVessel(latest) };
      this.tellSoon();
    }, this.offline);
    this.refreshSoon();
  }

  /** Fetch what events only hint at. */
  async refresh(): Promise<void> {
    const { id } = this.state.experiment;
    const [experiment, questions, alerts, doses, notes] = await Promise.all([
      getExperiment(id),
      listQuestions(id),
      listAlerts(id),
      listUnresolved(id),
      listNotes(id),
    ]);
    this.state = { ...this.state, experiment, questions, alerts, doses, notes };
    this.tellSoon();
  }

  private refreshSoon(): void {
    clearTimeout(this.refreshing);
    this.refreshing = setTimeout(() => void this.refresh().catch(this.offline), REFRESH_AFTER_MS);
  }

  // The stream tells of the leader's absence; the next return fetches again.
  private readonly offline = (error: unknown): void => {
    console.info("could not be fetched, and will be when the leader is back:", error);
  };

  private tellSoon(): void {
    this.told ??= setTimeout(() => {
      this.told = undefined;
      for (const each of this.listeners) each.changed?.();
    }, CHANGED_EVERY_MS);
  }
}

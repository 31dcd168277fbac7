// Keeps the list of experiments up to date, with what runs in them.
import { listAlerts } from "../api/alerts.js";
import { getExperiment, listExperiments } from "../api/experiments.js";
import { listPhases, listUnresolved } from "../api/history.js";
import { told } from "../api/http.js";
import { listQuestions } from "../api/questions.js";
import { getCurves } from "../api/readings.js";
import type {
  Alert,
  ClockNow,
  Curve,
  Event,
  Experiment,
  PhaseVisit,
  Question,
  Run,
} from "../api/types.js";
import { Clock } from "./clock.js";
import { type Connection, Stream, type StreamListener } from "./stream.js";

export interface ExperimentsPageData {
  event_id: number;
  clock: ClockNow;
  experiments: Experiment[];
  next: string | null;
  questions: Question[];
  alerts: Alert[];
}

/** What a card shows of an experiment that has not ended. */
export interface Close {
  runs: Run[];
  phases: PhaseVisit[];
  curves: Curve[];
  /** How many doses wait for somebody to say what moved. */
  doses: number;
}

const CLOSE_MAX = 12;
const SPARK_POINTS = 120;
const LOOK_EVERY_MS = 15_000;
const LOOK_SOON_MS = 400;
const TELLING = new Set(["experiment", "run", "phase", "question", "alert", "silence", "action"]);

export class ExperimentsStore implements StreamListener {
  experiments: Experiment[];
  next: string | null;
  questions: Question[];
  alerts: Alert[];
  link: Connection = { is: "connecting" };
  readonly closeUps = new Map<string, Close>();
  readonly clock: Clock;
  private readonly stream: Stream;
  private soon: ReturnType<typeof setTimeout> | undefined;
  private every: ReturnType<typeof setInterval> | undefined;

  constructor(
    data: ExperimentsPageData,
    private readonly changed: () => void,
  ) {
    this.experiments = data.experiments;
    this.next = data.next;
    this.questions = data.questions;
    this.alerts = data.alerts;
    this.clock = new Clock(data.clock);
    this.stream = new Stream(this, data.event_id);
  }

  open(): void {
    this.stream.open();
    this.every = setInterval(() => this.lookSoon(), LOOK_EVERY_MS);
    void this.lookClosely();
  }

  close(): void {
    this.stream.close();
    clearInterval(this.every);
    clearTimeout(this.soon);
    this.soon = undefined;
  }

  event(event: Event): void {
    if (TELLING.has(event.kind)) this.lookSoon();
  }

  readings(): void {
    // Sparklines are fetched now and then; live values belong to an experiment's own page.
  }

  connection(connection: Connection): void {
    this.link = connection;
    this.changed();
  }

  returned(): void {
    this.lookSoon();
  }

  private lookSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      if (!document.hidden) void this.look();
    }, LOOK_SOON_MS);
  }

  private async look(): Promise<void> {
    try {
      const [page, questions, alerts] = await Promise.all([
        listExperiments(),
        listQuestions(),
        listAlerts(),
      ]);
      this.experiments = page.items;
      this.next = page.next ?? null;
      this.questions = questions;
      this.alerts = alerts;
      this.changed();
      await this.lookClosely();
    } catch (error) {
      console.info("asked again in a while:", told(error));
    }
  }

  private async lookClosely(): Promise<void> {
    const open = this.experiments.filter((each) => isOpen(each)).slice(0, CLOSE_MAX);
    await Promise.all(
      open.map(async ({ id }) => {
        try {
          const [detail, phases, curves, doses] = await Promise.all([
            getExperiment(id),
            listPhases(id),
            getCurves(id, { signal: ["od600"], points: SPARK_POINTS }),
            listUnresolved(id),
          ]);
          this.closeUps.set(id, { runs: detail.runs, phases, curves, doses: doses.length });
        } catch (error) {
          console.info("asked again in a while:", told(error));
        }
      }),
    );
    this.changed();
  }
}

export function isOpen(experiment: Experiment): boolean {
  return ["queued", "running", "paused"].includes(experiment.state);
}

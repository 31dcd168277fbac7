import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type uPlot from "uplot";
import { told } from "../api/http.js";
import { getCurves } from "../api/readings.js";
import type { Chart, ReadingsEvent } from "../api/types.js";
import { CurveBuffer } from "../chart/curve.js";
import { type Axis, type Lane, type Mark, lanesOf } from "../chart/lanes.js";
import { type Pin, momentOf, pinsOf } from "../chart/pins.js";
import { type Line, dataOf, makePlot } from "../chart/plot.js";
import { plotStyles } from "../chart/styles.js";
import { onThemeChange, readTheme } from "../chart/theme.js";
import type { ExperimentStore } from "../live/experiment-store.js";
import { elapsed, moment } from "../show/time.js";
import { shared } from "../styles/shared.js";
import "./axenic-legend.js";

const DRAW_EVERY_MS = 200;
/** Live values are drawn as they come; after so many of them all is fetched anew, so that the whole
 * curve is of one grain. */
const LIVE_MAX = 60;
const RELOAD_EVERY_MS = 5000;
const POINTS_MAX = 2000;
const NEAR_PX = 10;
/** Of the time that is shown, at each press of an arrow key. */
const STEP_SHARE = 0.02;

/** A moment that was pointed at, and the note that is pinned there, if there is one. */
export interface PointedAt {
  atS: number;
  pin: Pin | undefined;
}

/** A chart that the profile declares, live. Tells of `pin` where a note is to be pinned. */
@customElement("axenic-chart")
export class AxenicChart extends LitElement {
  static override styles = [
    shared,
    plotStyles,
    css`
      article {
        padding: clamp(0.875rem, 2vw, 1.25rem);
        min-width: 0;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: baseline;
        gap: 0.25rem 1rem;
        margin-bottom: 0.75rem;
      }
      .at {
        min-height: 1.25rem;
        font-size: 0.8125rem;
        color: var(--muted);
      }
      .at:empty {
        display: none;
      }
      .plot {
        position: relative;
        height: 17rem;
      }
      .nothing {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        color: var(--muted);
        pointer-events: none;
      }
    `,
  ];

  @property({ attribute: false }) chart!: Chart;
  @property({ attribute: false }) vessels: string[] = [];
  @property({ attribute: false }) store!: ExperimentStore;
  /** How much of the past is shown, seconds; null is all. */
  @property({ attribute: false }) rangeS: number | null = null;
  @property() axis: Axis = "process";

  @state() private at: number | null = null;
  @state() private isEmpty = false;
  @state() private problem = "";
  /** How often it was drawn; the legend's values change with it. */
  @state() private drawn = 0;
  @query(".plot") private host!: HTMLElement;

  private lines: Line[] = [];
  private lanes: Lane[] = [];
  private pins: Pin[] = [];
  private plot: uPlot | undefined;
  private drawing: ReturnType<typeof setTimeout> | undefined;
  private loading = 0;
  private loadedAtMs = 0;
  private releases: (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    const size = new ResizeObserver(() => this.resize());
    size.observe(this);
    this.releases = [
      this.store.subscribe({
        readings: (readings) => this.take(readings),
        returned: () => void this.load(),
        changed: () => this.drawSoon(),
      }),
      onThemeChange(() => this.rebuild()),
      () => size.disconnect(),
    ];
    if (this.hasUpdated) void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const release of this.releases) release();
    this.releases = [];
    clearTimeout(this.drawing);
    this.drawing = undefined;
    this.loading += 1;
    this.plot?.destroy();
    this.plot = undefined;
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("chart") || changed.has("vessels") || changed.has("axis")) {
      this.lines = linesOf(this.chart, this.vessels);
      this.plot?.destroy();
      this.plot = undefined;
      void this.load();
    } else if (changed.has("rangeS")) {
      void this.load();
    }
  }

  protected override render() {
    const { chart } = this;
    const names = this.vessels.join(" and ");
    return html`<article class="card" aria-label=${chart.title}>
      <header>
        <h3>${chart.title}</h3>
        <span class="at number">${this.at === null ? nothing : this.where(this.at)}</span>
      </header>
      <div
        class="plot"
        role="application"
        tabindex="0"
        aria-roledescription="chart"
        aria-label="${chart.title} of ${names} over time; the newest values follow in a table. Arrow keys move through time, Enter pins a note there."
        @click=${this.point}
        @keydown=${this.press}
      >
        ${this.isEmpty || this.problem
          ? html`<p class="nothing">${this.problem || "Nothing was measured in this time."}</p>`
          : nothing}
      </div>
      <axenic-legend
        .chart=${this.chart}
        .lines=${this.lines}
        .vessels=${this.vessels}
        .at=${this.at}
        .drawn=${this.drawn}
      ></axenic-legend>
    </article>`;
  }

  private where(at: number): string {
    const when = this.axis === "wall" ? moment(at, this.store.clock.nowS()) : elapsed(at);
    const mark = this.markNear(at);
    return mark ? `${when} · ${mark.label}` : when;
  }

  private markNear(at: number): Mark | undefined {
    const { plot } = this;
    if (plot === undefined) return undefined;
    const x = plot.valToPos(at, "x");
    const isNear = (mark: Mark) => Math.abs(plot.valToPos(mark.at, "x") - x) < NEAR_PX;
    return this.pins.find(isNear) ?? this.lanes.flatMap((lane) => lane.marks).find(isNear);
  }

  private point(): void {
    const { plot, at } = this;
    if (plot === undefined || at === null) return;
    const mark = this.markNear(at);
    const pin = this.pins.find((each) => each === mark);
    const atS = momentOf(at, this.known(), this.axis);
    if (atS === null) return;
    const detail: PointedAt = { atS, pin };
    this.dispatchEvent(new CustomEvent("pin", { detail, bubbles: true, composed: true }));
  }

  // The cursor goes where a pointer would put it; on every chart, as they follow each other.
  private press(pressed: KeyboardEvent): void {
    const { plot } = this;
    if (plot === undefined) return;
    if (pressed.key === "Enter") {
      pressed.preventDefault();
      if (this.at === null) this.moveTo(plot, 1);
      this.point();
      return;
    }
    const share = this.at === null ? 1 : plot.valToPos(this.at, "x") / plot.over.clientWidth;
    const steps: Record<string, number> = {
      ArrowLeft: share - STEP_SHARE,
      ArrowRight: share + STEP_SHARE,
      Home: 0,
      End: 1,
    };
    const to = steps[pressed.key];
    if (to === undefined) return;
    pressed.preventDefault();
    this.moveTo(plot, to);
  }

  private moveTo(plot: uPlot, share: number): void {
    const left = Math.min(1, Math.max(0, share)) * (plot.over.clientWidth - 1);
    plot.setCursor({ left, top: 0 });
    this.at = plot.posToVal(left, "x");
  }

  private known() {
    const { phases, actions, experiment } = this.store.state;
    return { vessels: this.vessels, runs: experiment.runs, phases, actions };
  }

  /** Fetch what is shown; a later call wins over one that is under way. */
  private async load(): Promise<void> {
    const turn = ++this.loading;
    this.loadedAtMs = Date.now();
    const signal = [...new Set(this.lines.map((line) => line.series.signal))];
    if (signal.length === 0) return;
    try {
      const from = this.rangeS === null ? {} : { from_s: this.nowOnAxis() - this.rangeS };
      const id = this.store.state.experiment.id;
      const curves = await getCurves(id, { signal, clock: this.axis, ...from });
      if (turn !== this.loading) return;
      for (const { vessel, series, buffer } of this.lines) {
        buffer.load(curves.find((each) => each.vessel === vessel && each.signal === series.signal));
      }
      this.problem = "";
    } catch (error) {
      if (turn !== this.loading) return;
      this.problem = this.lines.some((line) => line.buffer.length > 0) ? "" : told(error);
    }
    this.draw();
  }

  private take(readings: ReadingsEvent): void {
    const at = this.axis === "process" ? readings.at_process_s : readings.at_wall_s;
    if (at === null) return;
    for (const { vessel, series, buffer } of this.lines) {
      const value = readings.values[series.signal];
      if (vessel === readings.vessel && value !== undefined && buffer.append(at, value)) {
        this.drawSoon();
      }
    }
  }

  private drawSoon(): void {
    this.drawing ??= setTimeout(() => {
      this.drawing = undefined;
      if (!document.hidden) this.draw();
    }, DRAW_EVERY_MS);
  }

  private draw(): void {
    if (!this.isConnected || !this.hasUpdated) return;
    const { phases, actions, notes } = this.store.state;
    this.lanes = lanesOf(this.vessels, phases, actions, this.axis);
    this.pins = pinsOf(notes, this.known(), this.axis);
    this.isEmpty = this.lines.every((line) => line.buffer.length === 0);
    this.reloadWhereNeeded();
    const [min, max] = this.span();
    if (this.rangeS !== null) for (const { buffer } of this.lines) buffer.trim(min);
    if (this.plot === undefined) this.build();
    this.plot?.batch((plot: uPlot) => {
      plot.setData(dataOf(this.lines), false);
      plot.setScale("x", { min, max });
    });
    this.drawn += 1;
  }

  private reloadWhereNeeded(): void {
    const isGrainy = ({ buffer }: Line) =>
      buffer.length > POINTS_MAX || (buffer.isDecimated && buffer.live > LIVE_MAX);
    const isTime = Date.now() - this.loadedAtMs > RELOAD_EVERY_MS;
    if (isTime && this.lines.some(isGrainy)) void this.load();
  }

  private span(): [number, number] {
    const ends = this.lines.map(({ buffer }) => buffer.at.at(-1) ?? -Infinity);
    const begins = this.lines.map(({ buffer }) => buffer.at[0] ?? Infinity);
    const max = Math.max(...ends);
    if (!Number.isFinite(max)) {
      const now = this.nowOnAxis();
      return [now - (this.rangeS ?? 3600), now];
    }
    const min = this.rangeS === null ? Math.min(...begins) : max - this.rangeS;
    return min < max ? [min, max] : [max - 60, max];
  }

  private nowOnAxis(): number {
    const { latest, experiment } = this.store.state;
    const clock = this.axis === "process" ? "process_s" : "wall_s";
    const newest = Object.values(latest).flatMap((signals) =>
      Object.values(signals).map((each) => each[clock] ?? 0),
    );
    if (newest.length > 0) return Math.max(...newest);
    return this.axis === "wall"
      ? this.store.clock.nowS()
      : Math.max(0, ...experiment.runs.map((run) => run.process_s));
  }

  private build(): void {
    const width = this.host.clientWidth;
    if (width === 0) return;
    this.plot = makePlot(this.host, {
      chart: this.chart,
      lines: this.lines,
      theme: readTheme(this),
      axis: this.axis,
      width,
      height: this.host.clientHeight,
      lanes: () => this.lanes,
      pins: () => this.pins,
      moved: (at) => {
        this.at = at;
      },
    });
  }

  private rebuild(): void {
    this.plot?.destroy();
    this.plot = undefined;
    this.draw();
  }

  private resize(): void {
    if (this.plot === undefined) return;
    this.plot.setSize({ width: this.host.clientWidth, height: this.host.clientHeight });
  }
}

function linesOf(chart: Chart, vessels: string[]): Line[] {
  return chart.series.flatMap((series, order) =>
    vessels
      .map((vessel, colour) => ({ vessel, colour, series, order, buffer: new CurveBuffer() }))
      .filter(({ vessel }) => !series.vessel || series.vessel === vessel),
  );
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-chart": AxenicChart;
  }
}

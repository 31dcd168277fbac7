import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Latest, PhaseOutline, PhaseVisit, Run, Volume, Worker } from "../api/types.js";
import type { Clock } from "../live/clock.js";
import { bar, barStyles } from "../show/bar.js";
import { stretch } from "../show/time.js";
import { number, quantity, unitText } from "../show/units.js";
import { shared } from "../styles/shared.js";
import "./axenic-bottles.js";
import "./axenic-state.js";

/** Room seconds after which a value is said to be old. */
const STALE_AFTER_S = 20;
/** A rate known better than this is shown with one more decimal. */
const FINE_PER_H = 0.0095;

/** One vessel: where it is in its plan, and what was measured last. */
@customElement("axenic-vessel")
export class AxenicVessel extends LitElement {
  static override styles = [
    shared,
    barStyles,
    css`
      :host {
        min-width: 0;
        height: 100%;
      }
      article {
        height: 100%;
        display: flex;
        flex-direction: column;
        padding: clamp(1rem, 2vw, 1.375rem);
        border-top: 4px solid var(--colour);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.25rem 1rem;
      }
      h3 {
        font-size: 1.1875rem;
        overflow-wrap: anywhere;
      }
      .phase {
        color: var(--muted);
        font-size: 0.9375rem;
      }
      .phase strong {
        color: var(--ink);
        font-weight: 560;
      }
      .waiting {
        margin-top: 0.25rem;
        font-size: 0.9375rem;
        color: var(--muted);
        overflow-wrap: anywhere;
      }
      .waiting strong {
        color: var(--ink);
        font-weight: 560;
      }
      .values {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(8.25rem, 1fr));
        gap: 1rem 1.25rem;
        margin: 1.125rem 0 0;
      }
      .values div {
        min-width: 0;
      }
      dt {
        font-size: 0.8125rem;
        color: var(--muted);
      }
      dd {
        margin: 0;
        font-size: 1.3125rem;
        font-weight: 560;
        letter-spacing: -0.02em;
        font-variant-numeric: tabular-nums;
        line-height: 1.3;
      }
      dd small {
        font-size: 0.8125rem;
        font-weight: 450;
        letter-spacing: 0;
        color: var(--muted);
      }
      dd .more {
        display: block;
        white-space: nowrap;
      }
      .stale dd {
        color: var(--muted);
      }
      .where {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 0 1rem;
        margin-top: 0.125rem;
      }
      .place {
        font-size: 0.8125rem;
        color: var(--muted);
      }
      .bad {
        color: var(--bad);
        font-weight: 560;
      }
    `,
  ];

  @property({ attribute: false }) run!: Run;
  @property({ type: Number }) colour = 0;
  @property({ attribute: false }) latest: Record<string, Latest> = {};
  @property({ attribute: false }) stay: PhaseVisit | undefined;
  @property({ attribute: false }) outline: PhaseOutline | undefined;
  @property({ attribute: false }) volumes: Volume[] = [];
  @property({ attribute: false }) worker: Worker | undefined;
  @property({ attribute: false }) clock!: Clock;
  /** Only to be drawn again when time has passed. */
  @property({ type: Number }) tick = 0;

  protected override render() {
    const { run } = this;
    const age = this.age();
    const isStale = run.state === "running" && age !== null && age > STALE_AFTER_S;
    return html`<article
      class="card ${isStale ? "stale" : ""}"
      data-colour=${this.colour}
      aria-label="Vessel ${run.vessel}"
    >
      <header>
        <h3>${run.vessel}</h3>
        <axenic-state .is=${run.state}></axenic-state>
      </header>
      <div class="where">
        ${this.phase()}
        <span class="place">
          ${this.place()}${isStale
            ? html`, <strong class="bad">values are ${stretch(age)} old</strong>`
            : nothing}
        </span>
      </div>
      ${this.waiting()} ${this.progress()}
      <dl class="values">${this.values()}</dl>
      <axenic-bottles .volumes=${this.volumes}></axenic-bottles>
    </article>`;
  }

  private phase() {
    const { run, stay, outline } = this;
    if (run.state === "queued") return html`<p class="phase">waits to begin</p>`;
    const name = stay?.phase ?? run.phase;
    const why = run.reason ? html` · ${run.reason}` : nothing;
    if (!name) return html`<p class="phase">${run.reason || "not in a phase yet"}</p>`;
    const ofS = outline?.duration_s ?? null;
    return html`<p class="phase number">
      <strong>${name}</strong> · ${stretch(this.inPhaseS())}${ofS ? ` of ${stretch(ofS)}` : nothing}${why}
    </p>`;
  }

  private waiting() {
    const { waits_at, waits_for } = this.run;
    if (waits_at === null) return nothing;
    const whom = waits_for.length > 0 ? html` for ${waits_for.join(", ")}` : nothing;
    return html`<p class="waiting">waits${whom} at <strong>${waits_at}</strong></p>`;
  }

  private progress() {
    const { stay, outline } = this;
    const inPhaseS = this.inPhaseS();
    if (!stay || !outline?.duration_s || inPhaseS === null) return nothing;
    return bar(inPhaseS / outline.duration_s, `${stay.phase}: share of its time`);
  }

  private inPhaseS(): number | null {
    const { run, stay } = this;
    const since = stay?.entered_wall_s ?? null;
    if (since === null) return run.phase_s;
    return (stay?.left_wall_s ?? run.ended_wall_s ?? this.clock.nowS()) - since;
  }

  private values() {
    const rate = this.value("growth_rate");
    const doubling = rate !== null && rate > 0.01 ? `doubles in ${number(Math.LN2 / rate, 1)} h` : "";
    const deviation = rate === null ? null : this.value("growth_rate.deviation");
    const rateDecimals = deviation !== null && deviation < FINE_PER_H ? 3 : 2;
    const lagS = this.value("growth_rate.lag");
    const target = this.value("temperature.target");
    return [
      this.one("OD600", "od600", 3, ""),
      this.one("Growth rate", "growth_rate", rateDecimals, "1/h", doubling, deviation),
      this.one(
        "Generations",
        "growth_rate.generations",
        1,
        "",
        lagS === null ? "" : `after a lag of ${stretch(lagS)}`,
      ),
      this.one(
        "Temperature",
        "temperature.measured",
        1,
        "°C",
        target === null ? "" : `→ ${quantity(target, "°C")}`,
      ),
      this.one("Stirring", "stirring.measured", 0, "rpm"),
      this.one("Dilution rate", "dosing.dilution_rate", 2, "1/h"),
      this.one("Volume", "volume", 1, "mL"),
    ];
  }

  private one(
    label: string,
    signal: string,
    decimals: number,
    unit: string,
    more = "",
    deviation: number | null = null,
  ) {
    const value = this.value(signal);
    return html`<div>
      <dt>${label}</dt>
      <dd>
        ${number(value, decimals)}
        ${deviation === null ? nothing : html`<small>± ${number(deviation, decimals)}</small>`}
        ${value !== null && unit ? html`<small>${unitText(unit)}</small>` : nothing}
        ${more ? html`<small class="more">${more}</small>` : nothing}
      </dd>
    </div>`;
  }

  private place() {
    const { run, worker } = this;
    if (run.worker === null) return html`<span>no reactor yet</span>`;
    const at = run.reactor && run.reactor !== run.worker ? `${run.worker}/${run.reactor}` : run.worker;
    const state = worker?.state ?? "";
    if (!worker || state === "ready") return html`<span>on ${at}${state && ", connected"}</span>`;
    return html`<span class="bad">on ${at}, which is ${state}</span>`;
  }

  private value(signal: string): number | null {
    return this.latest[signal]?.value ?? null;
  }

  private age(): number | null {
    const times = Object.values(this.latest).map((each) => each.wall_s ?? 0);
    const newest = Math.max(0, ...times);
    return newest === 0 ? null : this.clock.roomAgeS(newest);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-vessel": AxenicVessel;
  }
}

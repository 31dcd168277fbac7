import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { type Compared, calibrate, getCompared } from "../api/calibrations.js";
import { told } from "../api/http.js";
import type { CalibrationSession, ClockNow, Comparable, NewComparison } from "../api/types.js";
import { Clock } from "../live/clock.js";
import { historyOf, isOf, placeOf } from "../live/comparing.js";
import { Watch, type Watcher } from "../live/watch.js";
import { pageHead } from "../styles/head.js";
import { shared } from "../styles/shared.js";
import { AxenicConfirm } from "./axenic-confirm.js";
import "./axenic-connection.js";
import "./axenic-device.js";
import type { WantedOf } from "./axenic-history.js";
import "./axenic-import.js";
import "./axenic-session.js";

interface CalibrationPageData extends Compared {
  event_id: number;
  clock: ClockNow;
}

const LOOK_EVERY_MS = 15_000;
const TELLING = new Set(["calibrations", "capabilities"]);

/** What devices were compared with, and sessions in which they are. */
@customElement("axenic-calibration")
export class AxenicCalibration extends LitElement implements Watcher {
  static override styles = [
    shared,
    pageHead,
    css`
      .cards {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: clamp(0.875rem, 2vw, 1.25rem);
      }
      .open {
        margin-bottom: clamp(1.25rem, 2.5vw, 1.75rem);
      }
      .reactor {
        padding: clamp(1rem, 2vw, 1.375rem);
        padding-bottom: 0.25rem;
      }
      .reactor header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.625rem 1.25rem;
        padding-bottom: 0.875rem;
      }
      h2 {
        overflow-wrap: anywhere;
      }
      .said:not(:empty) {
        position: sticky;
        top: 0.5rem;
        z-index: 1;
        margin-bottom: 1rem;
        padding: 0.625rem 1rem;
        border: 1px solid var(--line);
        border-radius: 0.625rem;
        background: var(--surface);
        box-shadow: var(--shadow);
        overflow-wrap: anywhere;
      }
      code {
        font-family: var(--mono);
        font-size: 0.9em;
      }
    `,
  ];

  @property({ attribute: false }) data!: CalibrationPageData;
  @state() private compared!: Compared;
  @state() private said = "";
  private clock!: Clock;
  private readonly watch = new Watch(this, TELLING, LOOK_EVERY_MS);
  private turn = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.compared ??= this.data;
    this.clock ??= new Clock(this.data.clock);
  }

  protected override render() {
    const { sessions, devices } = this.compared;
    return html`<header class="head">
        <h1>Calibration</h1>
        <axenic-connection .link=${this.watch.link}></axenic-connection>
      </header>
      <p class="said" role="status">${this.said}</p>
      ${sessions.length === 0
        ? nothing
        : html`<section class="cards open" aria-label="Open sessions" @changed=${this.changed}>
            ${repeat(
              sessions,
              (each) => each.session.id,
              (each) => html`<axenic-session .one=${each} .nowS=${this.clock.nowS()}></axenic-session>`,
            )}
          </section>`}
      ${devices.length === 0
        ? html`<section class="card empty">
            <h2>No worker has told yet what devices it has</h2>
            <p>Start one beside its reactor with <code>axenic worker</code>.</p>
          </section>`
        : html`<div class="cards" @begun=${() => void this.look()} @wanted=${this.wanted}>
            ${byReactor(devices).map((each) => this.reactor(each))}
          </div>`}`;
  }

  private reactor(devices: Comparable[]) {
    const { worker, reactor } = devices[0]!;
    const place = placeOf(worker, reactor);
    return html`<section class="card reactor" aria-label="Devices of ${place}">
      <header>
        <h2>${place}</h2>
        <axenic-import .worker=${worker} .reactor=${reactor}></axenic-import>
      </header>
      ${devices.map(
        (device) => html`<axenic-device
          .device=${device}
          .calibrations=${historyOf(device, this.compared.calibrations)}
          .nowS=${this.clock.nowS()}
          .isCompared=${this.compared.sessions.some(({ worker, session }) => isOf(device, { ...session, worker }))}
        ></axenic-device>`,
      )}
    </section>`;
  }

  /** What a worker answered is newer than a copy that is on its way, and says nothing of curves. */
  private changed(event: CustomEvent<CalibrationSession | null>): void {
    const now = event.detail;
    if (now !== null) {
      this.turn += 1;
      const sessions = this.compared.sessions.map((each) => (each.session.id === now.session.id ? now : each));
      this.compared = { ...this.compared, sessions };
    }
    this.watch.lookSoon();
  }

  private async wanted(event: CustomEvent<WantedOf>): Promise<void> {
    const { one, verb } = event.detail;
    const { device, name, worker, reactor } = one;
    if (verb === "delete") {
      const sure = await AxenicConfirm.ask({
        title: `Delete ${name}?`,
        text: "Readings that it made go on naming it; its points are gone. Export it before.",
        verb: "Delete it",
        isDangerous: true,
      });
      if (!sure) return;
      await this.done(worker, { do: "delete", reactor, args: { device, name } }, `${name} is deleted`);
    } else {
      const chosen = verb === "activate" ? name : "";
      const words = chosen || "the hardware description";
      await this.done(worker, { do: "activate", reactor, args: { device, name: chosen } }, `${device} goes by ${words} from now on`);
    }
  }

  private async done(worker: string, wish: NewComparison, words: string): Promise<void> {
    try {
      await calibrate(worker, wish);
      this.said = words;
    } catch (error) {
      this.said = told(error);
    }
    void this.look();
  }

  /** A later look wins over one that is under way. */
  async look(): Promise<void> {
    const turn = ++this.turn;
    try {
      const compared = await getCompared();
      if (turn === this.turn) this.compared = compared;
    } catch (error) {
      console.info("asked again in a while:", told(error));
    }
  }
}

/** The devices of each reactor. */
function byReactor(devices: Comparable[]): Comparable[][] {
  const places = new Map<string, Comparable[]>();
  for (const each of devices) {
    const place = `${each.worker}/${each.reactor}`;
    places.set(place, [...(places.get(place) ?? []), each]);
  }
  return [...places.values()];
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-calibration": AxenicCalibration;
  }
}

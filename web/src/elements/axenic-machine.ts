import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { told } from "../api/http.js";
import type { Machine, MachineWish } from "../api/types.js";
import { getMachine, tellMachine } from "../api/workers.js";
import { stretch } from "../show/time.js";
import { number } from "../show/units.js";
import { shared } from "../styles/shared.js";
import { AxenicConfirm } from "./axenic-confirm.js";

type Deed = MachineWish["do"];

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const WORDS: Record<Deed, { verb: string; done: string }> = {
  reboot: { verb: "Reboot", done: "It reboots." },
  shutdown: { verb: "Shut down", done: "It turns itself off." },
  restart: { verb: "Restart the service", done: "The service starts anew." },
  update: { verb: "Update", done: "The update has begun." },
};

/** The machine of one worker, asked once somebody opens it, and what may be done to it. */
@customElement("axenic-machine")
export class AxenicMachine extends LitElement {
  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        grid-template-columns: 5rem minmax(0, 1fr);
        gap: 0.25rem 1rem;
        margin: 0.5rem 0;
        font-size: 0.9375rem;
      }
      dt {
        color: var(--muted);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .deeds {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      p {
        color: var(--muted);
      }
    `,
  ];

  @property({ attribute: false }) worker = "";
  @property({ attribute: false }) isReady = false;
  /** Vessels that something runs in. */
  @property({ attribute: false }) runs: string[] = [];
  @state() private machine: Machine | null = null;
  @state() private said = "";

  protected override render() {
    return html`<details @toggle=${this.look}>
      <summary>Machine</summary>
      ${this.machine ? this.shown(this.machine) : nothing}
      <p role="status" ?hidden=${!this.said}>${this.said}</p>
    </details>`;
  }

  private shown({ report, ahead_s, ahead_within_s }: Machine) {
    if (report === null) return nothing;
    const { system, clock, may } = report;
    return html`<dl>
        <dt>Model</dt>
        <dd>${system.model ?? `${system.system}, ${system.machine}`} (${system.host})</dd>
        <dt>Load</dt>
        <dd class="number">
          ${number(system.load, 2)}${system.temperature_c === null
            ? nothing
            : `, ${number(system.temperature_c, 0)} °C`}
        </dd>
        ${system.memory_free_bytes === null
          ? nothing
          : html`<dt>Memory</dt>
              <dd class="number">${number(system.memory_free_bytes / MIB, 0)} MiB free</dd>`}
        ${system.disk_free_bytes === null
          ? nothing
          : html`<dt>Disk</dt>
              <dd class="number">${number(system.disk_free_bytes / GIB, 1)} GiB free</dd>`}
        ${system.uptime_s === null
          ? nothing
          : html`<dt>Up for</dt>
              <dd>${stretch(system.uptime_s)}</dd>`}
        <dt>Clock</dt>
        <dd>${against(ahead_s ?? 0, ahead_within_s ?? 0)}${clock.trusted ? nothing : ", uncertain"}</dd>
        <dt>Python</dt>
        <dd>${system.python}</dd>
      </dl>
      ${may.length === 0
        ? html`<p>Its settings let nothing be done to it from here.</p>`
        : html`<div class="deeds">
            ${may.map(
              (deed) =>
                html`<button ?disabled=${!this.isReady} @click=${() => this.tell(deed)}>
                  ${WORDS[deed].verb}
                </button>`,
            )}
          </div>`}`;
  }

  private async look(event: Event): Promise<void> {
    if (!(event.target as HTMLDetailsElement).open) return;
    try {
      this.machine = await getMachine(this.worker);
      this.said = "";
    } catch (error) {
      this.said = told(error);
    }
  }

  private async tell(deed: Deed): Promise<void> {
    const { verb, done } = WORDS[deed];
    const runs = this.runs.length > 0;
    const sure = await AxenicConfirm.ask({
      title: `${verb}: ${this.worker}?`,
      text: runs
        ? `${this.runs.join(", ")} runs there. All outputs are turned off first, and what runs goes on once the worker is back.`
        : "Nothing runs there. All outputs are turned off first.",
      verb: runs ? `${verb} although it runs` : verb,
      isDangerous: runs || deed === "shutdown",
    });
    if (!sure) return;
    try {
      const { outcome, reason } = await tellMachine(this.worker, deed, runs);
      this.said = outcome === "done" ? done : reason || outcome;
    } catch (error) {
      this.said = told(error);
    }
  }
}

/** How its clock goes against the leader's; within what the question took nobody can tell. */
export function against(aheadS: number, withinS: number): string {
  if (Math.abs(aheadS) <= withinS) return "as the leader's";
  return `${number(Math.abs(aheadS), 2)} s ${aheadS > 0 ? "ahead" : "behind"}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-machine": AxenicMachine;
  }
}

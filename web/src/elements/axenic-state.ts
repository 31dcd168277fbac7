import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { icon } from "../show/icons.js";
import { shared } from "../styles/shared.js";

/** A state or an outcome: colour, sign and word. */
@customElement("axenic-state")
export class AxenicState extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: inline-block;
        vertical-align: middle;
      }
      span {
        display: inline-flex;
        align-items: center;
        gap: 0.3125rem;
        padding: 0.125rem 0.625rem 0.125rem 0.4375rem;
        border-radius: 1rem;
        font-size: 0.8125rem;
        font-weight: 580;
        line-height: 1.4;
        white-space: nowrap;
        background: var(--sunken);
        color: var(--muted);
      }
      svg {
        width: 0.875rem;
        height: 0.875rem;
      }
      .good { background: var(--good-soft); color: var(--good); }
      .warn { background: var(--warn-soft); color: var(--warn); }
      .bad { background: var(--bad-soft); color: var(--bad); }
      .info { background: var(--info-soft); color: var(--info); }
      .odd { background: var(--odd-soft); color: var(--odd); }
    `,
  ];

  /** State of an experiment, a run or a worker, or an action's outcome. */
  @property() is = "";

  protected override render() {
    const [tone, sign] = LOOKS[this.is] ?? ["", "dot"];
    return html`<span class=${tone}>${icon(sign)}${this.is}</span>`;
  }
}

const LOOKS: Record<string, [tone: string, sign: Parameters<typeof icon>[0]]> = {
  queued: ["info", "clock"],
  running: ["good", "play"],
  paused: ["warn", "pause"],
  completed: ["good", "check"],
  cancelled: ["", "cross"],
  failed: ["bad", "cross"],
  done: ["good", "check"],
  late: ["warn", "clock"],
  skipped: ["info", "skip"],
  refused: ["bad", "stop"],
  unknown: ["odd", "question"],
  "goes on": ["info", "play"],
  coming: ["", "clock"],
  ready: ["good", "check"],
  free: ["info", "dot"],
  good: ["good", "check"],
  bad: ["bad", "cross"],
  accepted: ["warn", "check"],
  waits: ["info", "clock"],
  waiting: ["info", "clock"],
  interrupted: ["bad", "cross"],
  lost: ["bad", "cross"],
  stopped: ["warn", "stop"],
  info: ["info", "dot"],
  warning: ["warn", "bell"],
  critical: ["bad", "bell"],
};

declare global {
  interface HTMLElementTagNameMap {
    "axenic-state": AxenicState;
  }
}

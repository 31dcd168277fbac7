import { LitElement, css, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { newestEvents } from "../api/events.js";
import { told } from "../api/http.js";
import type { Event } from "../api/types.js";
import type { ExperimentStore } from "../live/experiment-store.js";
import { eventText } from "../show/event-text.js";
import { iso, moment } from "../show/time.js";
import { shared } from "../styles/shared.js";

const SHOWN_MAX = 200;

/** Everything that happened, newest first. */
@customElement("axenic-events")
export class AxenicEvents extends LitElement {
  static override styles = [
    shared,
    css`
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: 0.9375rem;
      }
      li {
        display: grid;
        grid-template-columns: 6rem 6.5rem minmax(0, 1fr);
        gap: 0 1rem;
        padding-block: 0.375rem;
        border-bottom: 1px solid var(--line);
        overflow-wrap: anywhere;
      }
      time,
      .kind {
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      @media (max-width: 34rem) {
        li {
          grid-template-columns: auto 1fr;
        }
        .text {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @property({ attribute: false }) store!: ExperimentStore;
  /** Those that came while the page was open. */
  @property({ attribute: false }) fresh: Event[] = [];
  @state() private known: Event[] = [];
  @state() private problem = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected override render() {
    const last = this.known.at(-1)?.id ?? 0;
    const all = [...this.known, ...this.fresh.filter((each) => each.id > last)];
    const nowS = this.store.clock.nowS();
    if (this.problem) return html`<p class="muted">${this.problem}</p>`;
    return html`<ol aria-label="Event log, newest first">
      ${all
        .slice(-SHOWN_MAX)
        .reverse()
        .map(
          (event) => html`<li>
            <time datetime=${iso(event.at_wall_s)}>${moment(event.at_wall_s, nowS)}</time>
            <span class="kind">${event.kind}</span>
            <span class="text">${vesselText(event)}</span>
          </li>`,
        )}
    </ol>`;
  }

  private async load(): Promise<void> {
    try {
      this.known = await newestEvents(this.store.state.experiment.id);
    } catch (error) {
      this.problem = told(error);
    }
  }
}

// Texts of alerts mostly name their vessel themselves.
function vesselText(event: Event): string {
  const text = eventText(event);
  return event.vessel && !text.startsWith(event.vessel) ? `${event.vessel}: ${text}` : text;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-events": AxenicEvents;
  }
}

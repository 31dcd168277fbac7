import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Entry } from "../api/types.js";
import type { Way } from "../live/turns.js";
import { icon } from "../show/icons.js";
import { moment } from "../show/time.js";
import { mayStart } from "../show/waits.js";
import { shared } from "../styles/shared.js";
import "./axenic-preflight.js";

export interface Wanted {
  entry: Entry;
  verb: "up" | "down" | "hold" | "release" | "copy" | "cancel";
}

/** One experiment that waits: its turn, why, until when, and what can be done with it. */
@customElement("axenic-queue-entry")
export class AxenicQueueEntry extends LitElement {
  static override styles = [
    shared,
    css`
      article {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 0.75rem clamp(0.75rem, 2vw, 1.25rem);
        padding: clamp(0.875rem, 2vw, 1.25rem);
        align-items: start;
      }
      .turn {
        display: grid;
        width: 2.5rem;
        justify-items: center;
        gap: 0.25rem;
      }
      .turn b {
        font-size: 1.25rem;
        font-variant-numeric: tabular-nums;
        line-height: 1.2;
      }
      .turn button {
        width: 2.5rem;
        padding: 0;
        min-height: 2.25rem;
        touch-action: none;
      }
      h3 a {
        overflow-wrap: anywhere;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0.125rem 1rem;
        margin-top: 0.125rem;
      }
      .why {
        margin-top: 0.5rem;
        overflow-wrap: anywhere;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 0.125rem 0.5rem;
        margin: 0.375rem 0 0;
        font-size: 0.9375rem;
      }
      dt {
        color: var(--muted);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
        flex: 1 1 12rem;
      }
      .verbs {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        justify-content: flex-end;
        max-width: 15rem;
      }
      .verbs button {
        min-height: 2.25rem;
        padding: 0 0.75rem;
      }
      axenic-preflight {
        grid-column: 1 / -1;
        border-top: 1px solid var(--line);
        padding-top: 0.875rem;
      }
      @media (max-width: 44rem) {
        article {
          grid-template-columns: auto minmax(0, 1fr);
        }
        .verbs {
          grid-column: 1 / -1;
          max-width: none;
          justify-content: flex-start;
        }
      }
    `,
  ];

  @property({ attribute: false }) entry!: Entry;
  @property({ type: Number }) nowS = 0;
  /** Whether it can be moved at all by whoever looks. */
  @property({ type: Boolean }) canMove = false;
  @property({ type: Boolean }) isMine = false;
  @state() private looks = false;

  protected override render() {
    const { experiment, position, reason, basis } = this.entry;
    const held = experiment.hold !== null;
    return html`<article class="card">
      <div class="turn">
        <b aria-label="Turn ${position}">${position}</b>
        ${this.canMove ? this.handles(experiment.name) : nothing}
      </div>
      <div>
        <h3><a href="/experiments/${encodeURIComponent(experiment.id)}">${experiment.name}</a></h3>
        <p class="facts muted small">
          <span>by ${experiment.actor}</span>
          <span>${experiment.vessels.join(", ")}</span>
          <span>since ${moment(experiment.created_wall_s, this.nowS)}</span>
          ${experiment.priority === 0 ? nothing : html`<span>priority ${experiment.priority}</span>`}
          ${experiment.every ? html`<span>again at ${experiment.every} (${experiment.every_zone})</span>` : nothing}
          ${experiment.tags.map((tag) => html`<span>#${tag}</span>`)}
        </p>
        <p class="why">${reason || "starts now"}</p>
        <dl>
          <dt>May start</dt>
          <dd class="number">
            ${mayStart(this.entry, this.nowS)} <span class="muted small">· ${basis}</span>
          </dd>
        </dl>
      </div>
      <div class="verbs">
        <button aria-expanded=${this.looks ? "true" : "false"} @click=${() => (this.looks = !this.looks)}>Checks</button>
        ${this.isMine
          ? html`<button @click=${() => this.want(held ? "release" : "hold")}>${held ? "Release" : "Hold"}</button>`
          : nothing}
        <button @click=${() => this.want("copy")}>Copy</button>
        ${this.isMine
          ? html`<button class="danger" @click=${() => this.want("cancel")}>Cancel</button>`
          : nothing}
      </div>
      ${this.looks ? html`<axenic-preflight .experiment=${experiment} .isMine=${this.isMine}></axenic-preflight>` : nothing}
    </article>`;
  }

  private handles(name: string) {
    return html`<button aria-label="Move ${name} up" @click=${() => this.want("up")} @keydown=${this.arrow}>
        ${icon("up")}
      </button>
      <button aria-label="Move ${name} down" @click=${() => this.want("down")} @keydown=${this.arrow}>
        ${icon("down")}
      </button>`;
  }

  // Either button takes both arrow keys, so that one can go on without changing it.
  private arrow(pressed: KeyboardEvent): void {
    const ways: Record<string, Way> = { ArrowUp: "up", ArrowDown: "down" };
    const way = ways[pressed.key];
    if (way === undefined) return;
    pressed.preventDefault();
    this.want(way);
  }

  /** Put the focus back where it was before the list was drawn anew. */
  focusOn(way: Way): void {
    const at = way === "up" ? 0 : 1;
    this.shadowRoot?.querySelectorAll<HTMLButtonElement>(".turn button")[at]?.focus();
  }

  private want(verb: Wanted["verb"]): void {
    const detail: Wanted = { entry: this.entry, verb };
    this.dispatchEvent(new CustomEvent("wanted", { detail, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-queue-entry": AxenicQueueEntry;
  }
}

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { told } from "../api/http.js";
import { addressOf, takePicture } from "../api/pictures.js";
import type { Picture, Run } from "../api/types.js";
import { date, iso, stretch } from "../show/time.js";
import { shared } from "../styles/shared.js";

const FRAME_MS = 125;

/** The pictures of one vessel: the newest, and all as a time-lapse. */
@customElement("axenic-pictures")
export class AxenicPictures extends LitElement {
  static override styles = [
    shared,
    css`
      .card {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75rem;
        padding: clamp(0.875rem, 2vw, 1.25rem);
      }
      .head,
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 0.75rem;
      }
      .head {
        justify-content: space-between;
      }
      h3 {
        display: flex;
        align-items: center;
        gap: 0.5rem;
      }
      figure {
        margin: 0;
        display: grid;
        gap: 0.5rem;
      }
      img {
        width: 100%;
        height: clamp(12rem, 40vw, 20rem);
        object-fit: contain;
        background: var(--well, var(--ground));
        border-radius: 0.5rem;
      }
      figcaption {
        overflow-wrap: anywhere;
      }
      input[type="range"] {
        flex: 1 1 10rem;
        min-width: 0;
        padding: 0;
        accent-color: var(--accent);
      }
      .problem {
        color: var(--bad);
      }
    `,
  ];

  @property() experiment = "";
  @property({ attribute: false }) run!: Run;
  /** Oldest first. */
  @property({ attribute: false }) pictures: Picture[] = [];
  /** A job takes pictures of it just now. */
  @property({ type: Boolean }) hasCamera = false;
  @property({ type: Number }) colour = 0;
  /** Id of the one that is shown; null follows the newest. */
  @state() private chosen: number | null = null;
  @state() private isPlaying = false;
  @state() private isTaking = false;
  @state() private said = "";
  @state() private problem = "";
  private playing: ReturnType<typeof setInterval> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override render() {
    const here = this.here();
    const waiting = this.pictures.filter((each) => each.state === "waiting").length;
    return html`<article class="card" data-colour=${this.colour} aria-label="Pictures of ${this.run.vessel}">
      <div class="head">
        <h3><span class="swatch"></span>${this.run.vessel}</h3>
        ${this.hasCamera && this.run.state === "running"
          ? html`<button ?disabled=${this.isTaking} @click=${this.take}>Take a picture</button>`
          : nothing}
      </div>
      ${here.length === 0 ? html`<p class="muted">There is no picture here yet.</p>` : this.player(here)}
      ${waiting > 0
        ? html`<p class="muted small">${waiting} more ${waiting === 1 ? "is" : "are"} still on ${this.run.worker ?? "the worker"}</p>`
        : nothing}
      <p class="muted small" role="status" ?hidden=${this.said === ""}>${this.said}</p>
      <p class="problem small" role="alert" ?hidden=${this.problem === ""}>${this.problem}</p>
    </article>`;
  }

  private player(here: Picture[]) {
    const at = this.at(here);
    const picture = here[at]!;
    const words = `${this.run.vessel} after ${stretch(picture.process_s)}`;
    return html`<figure>
        <img src=${addressOf(this.experiment, picture)} alt=${picture.label || words} />
        <figcaption class="small">
          <time datetime=${iso(picture.at_wall_s)}>${date(picture.at_wall_s)}</time>, after
          <span class="number">${stretch(picture.process_s)}</span>${picture.label === "" ? nothing : html`: ${picture.label}`}
          <span class="muted">${picture.camera === "camera" ? nothing : `by ${picture.camera}`}</span>
        </figcaption>
      </figure>
      ${here.length < 2
        ? nothing
        : html`<div class="row">
            <button aria-pressed=${this.isPlaying} @click=${this.turn}>${this.isPlaying ? "Stop" : "Play"}</button>
            <input
              type="range"
              min="0"
              max=${here.length - 1}
              .value=${String(at)}
              aria-label="Picture of ${this.run.vessel}"
              aria-valuetext="${words}, ${at + 1} of ${here.length}"
              @input=${(event: InputEvent) => this.choose(here, Number((event.target as HTMLInputElement).value))}
            />
            <span class="small muted number">${at + 1} of ${here.length}</span>
          </div>`}`;
  }

  private here(): Picture[] {
    return this.pictures.filter((each) => each.state === "here");
  }

  private at(here: Picture[]): number {
    const known = here.findIndex((each) => each.id === this.chosen);
    return known < 0 ? here.length - 1 : known;
  }

  /** The last one is the newest, which is followed from then on. */
  private choose(here: Picture[], at: number): void {
    this.stop();
    this.chosen = at >= here.length - 1 ? null : here[at]!.id;
  }

  private readonly turn = (): void => {
    if (this.isPlaying) return this.stop();
    const here = this.here();
    if (this.at(here) === here.length - 1) this.chosen = here[0]!.id;
    this.isPlaying = true;
    this.playing = setInterval(() => this.next(), FRAME_MS);
  };

  /** Not before the one that is shown has come: a slow network makes a slow film. */
  private next(): void {
    const image = this.renderRoot.querySelector("img");
    if (image !== null && !image.complete) return;
    const here = this.here();
    const at = this.at(here) + 1;
    if (at >= here.length - 1) {
      this.stop();
      this.chosen = null;
    } else {
      this.chosen = here[at]!.id;
    }
  }

  private stop(): void {
    clearInterval(this.playing);
    this.playing = undefined;
    this.isPlaying = false;
  }

  private readonly take = async (): Promise<void> => {
    this.isTaking = true;
    this.said = this.problem = "";
    try {
      const { outcome, reason } = await takePicture(this.run);
      if (outcome === "done") this.said = "A picture is taken; it comes in a moment.";
      else this.problem = `No picture: ${reason || outcome}`;
    } catch (error) {
      this.problem = told(error);
    }
    this.isTaking = false;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-pictures": AxenicPictures;
  }
}

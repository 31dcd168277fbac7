import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { getShown } from "../api/calibrations.js";
import { told } from "../api/http.js";
import { digits, spreadOf } from "../live/comparing.js";
import { unitText } from "../show/units.js";
import { shared } from "../styles/shared.js";

const LOOK_EVERY_MS = 1000;
const REMEMBERED = 10;

/** What the sensor of a session shows now, for whoever waits until it is steady. */
@customElement("axenic-shown")
export class AxenicShown extends LitElement {
  static override styles = [
    shared,
    css`
      p {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.125rem 0.75rem;
      }
      strong {
        font-size: 1.5rem;
        font-weight: 600;
        letter-spacing: -0.01em;
      }
    `,
  ];

  @property() worker = "";
  @property() session = "";
  @property() sensor = "";
  @state() private values: number[] = [];
  @state() private unit = "";
  @state() private problem = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override render() {
    const value = this.values.at(-1);
    const spread = spreadOf(this.values);
    const unit = this.unit ? `\u202f${unitText(this.unit)}` : "";
    return html`<p>
      <span class="muted">${this.sensor} shows</span>
      <strong class="number">${value === undefined ? "…" : digits(value) + unit}</strong>
      ${spread === null
        ? nothing
        : html`<span class="muted small number">within ${digits(spread)}${unit} for ${this.values.length}\u202fs</span>`}
      ${this.problem ? html`<span class="muted small">${this.problem}</span>` : nothing}
    </p>`;
  }

  private async look(): Promise<void> {
    if (!document.hidden) {
      try {
        const { value, unit, reason } = await getShown(this.worker, this.session);
        this.unit = unit;
        this.problem = reason;
        this.values = value === null ? [] : [...this.values, value].slice(-REMEMBERED);
      } catch (error) {
        this.values = [];
        this.problem = told(error);
      }
    }
    if (this.isConnected) this.timer = setTimeout(() => void this.look(), LOOK_EVERY_MS);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-shown": AxenicShown;
  }
}

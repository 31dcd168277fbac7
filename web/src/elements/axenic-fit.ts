import { LitElement, css, html, nothing, svg } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { type Kind, shownValue, sideNames } from "../live/comparing.js";
import { ticksOf, tickText } from "../show/ticks.js";
import { shared } from "../styles/shared.js";

/** Points that were compared, and a curve through them. */
export interface Laid {
  name: string;
  points: [number, number][];
  curve: [number, number][];
  /** Which of the eight colours. */
  colour: number;
  /** Drawn strong; the others are fine and dashed. */
  isMain: boolean;
}

const HEIGHT = 260;
const LEFT = 52;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 44;
const TICK_PX = 64;

/** What was compared, as a picture; the table beside it says the same in numbers. */
@customElement("axenic-fit")
export class AxenicFit extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        min-width: 0;
      }
      svg {
        display: block;
        width: 100%;
        height: 16.25rem;
      }
      text {
        font-size: 12px;
        fill: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      .grid {
        stroke: var(--line);
        stroke-width: 1;
      }
      .axis {
        stroke: var(--edge);
        stroke-width: 1;
      }
      path {
        fill: none;
        stroke: var(--colour);
        stroke-width: 2;
        stroke-linejoin: round;
      }
      .fine path {
        stroke-width: 1.5;
        stroke-dasharray: 5 4;
      }
      circle {
        fill: var(--surface);
        stroke: var(--colour);
        stroke-width: 2;
      }
      .fine circle {
        stroke-width: 1.25;
      }
    `,
  ];

  @property({ attribute: false }) kind!: Kind;
  @property({ attribute: false }) laid: Laid[] = [];
  @state() private width = 420;
  private size: ResizeObserver | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.size = new ResizeObserver(([entry]) => {
      const width = Math.round(entry?.contentRect.width ?? 0);
      if (width > 0) this.width = width;
    });
    this.size.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.size?.disconnect();
  }

  protected override render() {
    const all = this.laid.flatMap(({ points, curve }) => [...points, ...curve]);
    const names = sideNames(this.kind);
    const xs = all.map(([raw]) => shownValue(this.kind, "raw", raw));
    const ys = all.map(([, actual]) => shownValue(this.kind, "actual", actual));
    const wide = Math.max(2, Math.floor((this.width - LEFT) / TICK_PX));
    const across = ticksOf(least(xs), most(xs), wide);
    const up = ticksOf(least(ys), most(ys), 4);
    const x = scale(across, LEFT, this.width - RIGHT);
    const y = scale(up, HEIGHT - BOTTOM, TOP);
    return html`<svg
      viewBox="0 0 ${this.width} ${HEIGHT}"
      role="img"
      aria-label="${names.actual} against ${names.raw}: ${this.told()}"
    >
      ${up.map(
        (tick) => svg`<line class="grid" x1=${LEFT} x2=${this.width - RIGHT} y1=${y(tick)} y2=${y(tick)} />
          <text x=${LEFT - 8} y=${y(tick) + 4} text-anchor="end">${tickText(tick)}</text>`,
      )}
      ${across.map(
        (tick, n) => svg`<line class="axis" x1=${x(tick)} x2=${x(tick)} y1=${HEIGHT - BOTTOM} y2=${HEIGHT - BOTTOM + 5} />
          <text x=${x(tick)} y=${HEIGHT - BOTTOM + 18} text-anchor=${n === across.length - 1 ? "end" : "middle"}>${tickText(tick)}</text>`,
      )}
      <line class="axis" x1=${LEFT} x2=${this.width - RIGHT} y1=${HEIGHT - BOTTOM} y2=${HEIGHT - BOTTOM} />
      <text x=${(LEFT + this.width - RIGHT) / 2} y=${HEIGHT - 6} text-anchor="middle">${names.raw}</text>
      <text x="12" y=${(TOP + HEIGHT - BOTTOM) / 2} text-anchor="middle" transform="rotate(-90 12 ${(TOP + HEIGHT - BOTTOM) / 2})">${names.actual}</text>
      ${this.laid.map((each) => this.draw(each, x, y))}
      ${all.length === 0
        ? svg`<text x=${(LEFT + this.width) / 2} y=${HEIGHT / 2 - 38} text-anchor="middle">Nothing is compared yet</text>`
        : nothing}
    </svg>`;
  }

  private draw({ points, curve, colour, isMain }: Laid, x: Scale, y: Scale) {
    const place = ([raw, actual]: [number, number]) =>
      [x(shownValue(this.kind, "raw", raw)), y(shownValue(this.kind, "actual", actual))] as const;
    const line = curve.map(place).map(([left, top]) => `${left.toFixed(1)} ${top.toFixed(1)}`);
    return svg`<g data-colour=${colour % 8} class=${isMain ? "" : "fine"}>
      ${line.length > 1 ? svg`<path d="M${line.join("L")}" />` : nothing}
      ${points.map((point) => {
        const [left, top] = place(point);
        return svg`<circle cx=${left.toFixed(1)} cy=${top.toFixed(1)} r=${isMain ? 4 : 3} />`;
      })}
    </g>`;
  }

  private told(): string {
    const words = this.laid.map(({ name, points }) => `${name}, ${points.length} points`);
    return words.join("; ") || "nothing yet";
  }
}

type Scale = (value: number) => number;

function scale(ticks: number[], from: number, to: number): Scale {
  const low = ticks[0] ?? 0;
  const high = ticks.at(-1) ?? 1;
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

function least(values: number[]): number {
  return values.length > 0 ? Math.min(...values) : 0;
}

function most(values: number[]): number {
  return values.length > 0 ? Math.max(...values) : 1;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-fit": AxenicFit;
  }
}

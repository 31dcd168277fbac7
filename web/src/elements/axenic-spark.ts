import { LitElement, css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Curve } from "../api/types.js";
import { shared } from "../styles/shared.js";

const WIDTH = 300;
const HEIGHT = 56;

/** Curves without axes, a line for each vessel. */
@customElement("axenic-spark")
export class AxenicSpark extends LitElement {
  static override styles = [
    shared,
    css`
      svg {
        display: block;
        width: 100%;
        height: 3.5rem;
        overflow: visible;
      }
      path {
        fill: none;
        stroke: var(--colour);
        stroke-width: 1.75;
        stroke-linejoin: round;
        vector-effect: non-scaling-stroke;
      }
    `,
  ];

  @property({ attribute: false }) curves: Curve[] = [];
  @property({ attribute: false }) vessels: string[] = [];

  protected override render() {
    const ends = this.curves.map((curve) => curve.at_s.at(-1) ?? 0);
    const peaks = this.curves.flatMap((curve) => curve.mean);
    const end = Math.max(1, ...ends);
    const peak = Math.max(0.05, ...peaks);
    return html`<svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label="OD600 since the beginning, at most ${peak.toFixed(2)}"
    >
      ${this.curves.map(
        (curve) => svg`<path
          data-colour=${Math.max(0, this.vessels.indexOf(curve.vessel)) % 8}
          d=${pathOf(curve, end, peak)} />`,
      )}
    </svg>`;
  }
}

function pathOf(curve: Curve, end: number, peak: number): string {
  const points = curve.mean.map((value, n) => {
    const x = ((curve.at_s[n] ?? 0) / end) * WIDTH;
    const y = HEIGHT - (Math.max(0, value) / peak) * (HEIGHT - 4) - 2;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return points.length > 1 ? `M${points.join("L")}` : "";
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-spark": AxenicSpark;
  }
}

// How much of a whole, as a thin bar in the vessel's colour.
import { css, html, svg } from "lit";

export const barStyles = css`
  .bar {
    display: block;
    width: 100%;
    height: 4px;
    margin-top: 0.625rem;
    border-radius: 2px;
    background: var(--line);
  }
  .bar rect {
    fill: var(--colour);
  }
`;

export function bar(share: number, label: string) {
  const percent = Math.max(0, Math.min(1, share)) * 100;
  return html`<svg
    class="bar"
    role="img"
    aria-label="${label}, ${Math.round(percent)} %"
    preserveAspectRatio="none"
    viewBox="0 0 100 1"
  >
    ${svg`<rect width=${percent.toFixed(2)} height="1" />`}
  </svg>`;
}

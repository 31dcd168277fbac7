// Small signs, drawn in the colour of the text.
import { type SVGTemplateResult, html, svg } from "lit";

const PATHS = {
  check: svg`<path d="M3 8.5l3.2 3.2L13 4.8" />`,
  cross: svg`<path d="M4 4l8 8M12 4l-8 8" />`,
  clock: svg`<circle cx="8" cy="8" r="5.6" /><path d="M8 4.8V8l2.2 1.6" />`,
  play: svg`<path d="M5.2 3.6v8.8L12.2 8z" fill="currentColor" />`,
  pause: svg`<path d="M5.5 4v8M10.5 4v8" />`,
  stop: svg`<circle cx="8" cy="8" r="5.6" /><path d="M4.2 11.8l7.6-7.6" />`,
  skip: svg`<path d="M3.5 4l5 4-5 4zM11.8 4v8" />`,
  question: svg`<path d="M5.6 6a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.2.9-1.2 1.7" /><path d="M8 12.4v.1" />`,
  bell: svg`<path d="M8 2.6a3.6 3.6 0 0 0-3.6 3.6c0 3.4-1.2 4.6-1.2 4.6h9.6s-1.2-1.2-1.2-4.6A3.6 3.6 0 0 0 8 2.6zM6.8 13.2h2.4" />`,
  up: svg`<path d="M8 12.6V3.6M4.2 7.2L8 3.4l3.8 3.8" />`,
  down: svg`<path d="M8 3.4v9M4.2 8.8L8 12.6l3.8-3.8" />`,
  dot: svg`<circle cx="8" cy="8" r="2.4" fill="currentColor" />`,
} satisfies Record<string, SVGTemplateResult>;

export function icon(name: keyof typeof PATHS) {
  return html`<svg
    viewBox="0 0 16 16"
    width="16"
    height="16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${PATHS[name]}
  </svg>`;
}

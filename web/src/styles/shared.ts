// What elements look alike in: buttons, chips, cards, tables. Colours come from page.css.
import { css } from "lit";

export const shared = css`
  :host {
    display: block;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h2,
  h3 {
    margin: 0;
    font-weight: 620;
    letter-spacing: -0.012em;
    line-height: 1.25;
    text-wrap: balance;
  }
  h2 {
    font-size: 1.25rem;
  }
  h3 {
    font-size: 1.0625rem;
  }
  p {
    margin: 0;
  }
  a {
    color: var(--accent);
    text-underline-offset: 0.2em;
    text-decoration-thickness: 1px;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .muted {
    color: var(--muted);
  }
  .small {
    font-size: 0.875rem;
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  .card {
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    box-shadow: var(--shadow);
  }
  .swatch {
    flex: none;
    display: inline-block;
    width: 0.75rem;
    height: 0.75rem;
    border-radius: 50%;
    background: var(--colour, var(--muted));
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button,
  .button,
  select,
  input {
    font: inherit;
    color: inherit;
    min-height: 2.5rem;
    border-radius: 0.625rem;
    border: 1px solid var(--edge);
    background: var(--surface);
  }
  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    padding: 0 1rem;
    font-weight: 560;
    text-decoration: none;
    cursor: pointer;
    transition: background-color 120ms;
  }
  button:hover,
  .button:hover {
    background: var(--hover);
  }
  button:disabled {
    color: var(--muted);
    cursor: not-allowed;
    background: var(--sunken);
  }
  button.primary,
  .button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  button.primary:hover,
  .button.primary:hover {
    background: var(--accent-strong);
  }
  button.primary:disabled {
    background: var(--sunken);
    border-color: var(--edge);
    color: var(--muted);
  }
  button.danger {
    color: var(--bad);
    border-color: color-mix(in srgb, var(--bad) 45%, var(--line));
  }
  button.danger.primary {
    background: var(--bad-solid);
    border-color: var(--bad-solid);
    color: #fff;
  }
  button.plain {
    border-color: transparent;
    background: none;
    color: var(--accent);
  }
  input,
  select {
    padding: 0 0.75rem;
    max-width: 100%;
  }
  [data-colour="0"] { --colour: var(--vessel-1); }
  [data-colour="1"] { --colour: var(--vessel-2); }
  [data-colour="2"] { --colour: var(--vessel-3); }
  [data-colour="3"] { --colour: var(--vessel-4); }
  [data-colour="4"] { --colour: var(--vessel-5); }
  [data-colour="5"] { --colour: var(--vessel-6); }
  [data-colour="6"] { --colour: var(--vessel-7); }
  [data-colour="7"] { --colour: var(--vessel-8); }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      transition: none !important;
      animation: none !important;
    }
  }
`;

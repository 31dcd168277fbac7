// Fields with their labels, units and hints.
import { css } from "lit";

export const formStyles = css`
  .fields {
    display: grid;
    gap: 1rem;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 13rem), 1fr));
  }
  .field {
    display: grid;
    grid-template-columns: minmax(0, 1fr); /* however long the names in a list are */
    gap: 0.25rem;
    align-content: start;
    min-width: 0;
  }
  label {
    font-size: 0.9375rem;
    font-weight: 520;
    overflow-wrap: anywhere;
  }
  .control {
    display: flex;
    align-items: center;
    gap: 0.5rem;
  }
  .control > input,
  .control > select {
    flex: 1;
    min-width: 0;
    width: 100%;
  }
  [aria-invalid="true"] {
    border-color: var(--bad);
  }
  .unit {
    color: var(--muted);
  }
  small {
    font-size: 0.8125rem;
    color: var(--muted);
  }
  small.bad {
    color: var(--bad);
  }
`;

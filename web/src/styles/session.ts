// A session of comparisons: the step on one side, what came of it on the other.
import { css } from "lit";

export const sessionStyles = css`
  article {
    padding: clamp(1rem, 2vw, 1.375rem);
    display: grid;
    gap: 1rem;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: start;
    justify-content: space-between;
    gap: 0.5rem 1rem;
  }
  header > div {
    flex: 1 1 14rem;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: 1.1875rem;
  }
  h2 .muted {
    font-weight: 450;
  }
  .progress {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.375rem 1rem;
    font-size: 0.9375rem;
    font-weight: 560;
  }
  progress {
    flex: 1 1 10rem;
    width: 100%;
    height: 0.375rem;
    accent-color: var(--accent);
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 1.5rem clamp(1.25rem, 3vw, 2.5rem);
    align-items: start;
  }
  .step,
  .came,
  .step form {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1rem;
    min-width: 0;
  }
  .step {
    padding: clamp(0.875rem, 2vw, 1.25rem);
    border-radius: 0.75rem;
    background: var(--sunken);
  }
  .what {
    font-size: 1.0625rem;
    overflow-wrap: anywhere;
  }
  .trouble {
    padding: 0.625rem 0.875rem;
    border-radius: 0.625rem;
    background: var(--warn-soft);
    color: var(--warn);
  }
  .problem {
    color: var(--bad);
    overflow-wrap: anywhere;
  }
  .verbs {
    display: flex;
    flex-wrap: wrap;
    gap: 0.625rem;
  }
  @media (max-width: 52rem) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;

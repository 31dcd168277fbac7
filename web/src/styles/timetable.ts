// Rows of moments: time, vessel, what, outcome; stacked where there is little room.
import { css } from "lit";

export const timetableStyles = css`
  ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    display: grid;
    grid-template-columns: 7.5rem minmax(5.5rem, 9rem) minmax(0, 1.4fr) minmax(8rem, 1fr);
    gap: 0.125rem 1rem;
    align-items: baseline;
    padding-block: 0.5rem;
    border-bottom: 1px solid var(--line);
  }
  time {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  small {
    font-size: 0.8125rem;
    color: var(--muted);
  }
  time small,
  .what small {
    display: block;
  }
  .vessel {
    display: inline-flex;
    align-items: center;
    gap: 0.5rem;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .what {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .what strong {
    font-weight: 520;
  }
  .coming .what strong {
    font-weight: 450;
  }
  .outcome {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.25rem 0.625rem;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  @media (max-width: 44rem) {
    li {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .what,
    .outcome {
      grid-column: 1 / -1;
    }
    time small {
      display: inline;
      margin-left: 0.5rem;
    }
  }
`;

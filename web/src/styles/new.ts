// The page of a new experiment: the text on one side, what follows from it on the other.
import { css } from "lit";

export const newStyles = css`
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1.35fr) minmax(0, 1fr);
    gap: clamp(0.875rem, 2vw, 1.25rem);
    align-items: start;
    margin-top: 1.25rem;
  }
  .writing {
    position: sticky;
    top: 1rem;
    min-width: 0;
    --code-height: max(24rem, calc(100vh - 4rem));
  }
  .beside {
    display: grid;
    gap: clamp(0.875rem, 2vw, 1.25rem);
    min-width: 0;
  }
  .files {
    margin-bottom: 0.625rem;
  }
  .part {
    display: grid;
    gap: 0.875rem;
    padding: clamp(1rem, 2vw, 1.375rem);
    min-width: 0;
  }
  .verdict {
    font-weight: 560;
  }
  .verdict.good {
    color: var(--good);
  }
  .verdict.bad,
  .refusal {
    color: var(--bad);
  }
  .start {
    display: grid;
    gap: 0.625rem;
    justify-items: start;
  }
  @media (max-width: 60rem) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .writing {
      position: static;
      --code-height: 24rem;
    }
  }
`;

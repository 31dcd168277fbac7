// The head of a page: its title, how the connection is, what may be done; and a page with nothing to show.
import { css } from "lit";

export const pageHead = css`
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.75rem 1.25rem;
    margin-bottom: 1.5rem;
  }
  .head h1 {
    margin: 0;
    font-size: clamp(1.5rem, 1.2rem + 1.4vw, 2.125rem);
    font-weight: 640;
    letter-spacing: -0.022em;
    line-height: 1.15;
  }
  .head axenic-connection {
    margin-right: auto;
  }
  .card.empty {
    padding: clamp(2rem, 6vw, 4rem) 1.5rem;
    text-align: center;
    color: var(--muted);
  }
`;

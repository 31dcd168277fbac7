// What asks or lets write something before the page goes on.
import { css } from "lit";

export const dialogStyles = css`
  dialog {
    width: min(28rem, calc(100vw - 2rem));
    padding: 1.5rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    box-shadow: 0 1rem 3rem rgb(0 0 0 / 25%);
  }
  dialog::backdrop {
    background: rgb(10 16 13 / 45%);
  }
`;

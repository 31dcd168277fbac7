// Tables of numbers and of rows with words; they scroll on their own where there is little room.
import { css } from "lit";

export const tableStyles = css`
  .scroll {
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 0.9375rem;
    font-variant-numeric: tabular-nums;
  }
  caption {
    text-align: left;
    color: var(--muted);
    font-size: 0.875rem;
  }
  th,
  td {
    padding: 0.4375rem 1rem 0.4375rem 0;
    border-bottom: 1px solid var(--line);
    text-align: left;
    vertical-align: baseline;
  }
  th:last-child,
  td:last-child {
    padding-right: 0;
  }
  thead th {
    font-size: 0.8125rem;
    font-weight: 560;
    color: var(--muted);
    white-space: nowrap;
  }
  tbody th {
    font-weight: 520;
  }
  th.number,
  td.number {
    text-align: right;
    white-space: nowrap;
  }
`;

// Rows of words that become paragraphs where there is little room.
export const stackedRows = css`
  @media (max-width: 60rem) {
    table,
    tbody,
    tr,
    td {
      display: block;
    }
    thead {
      display: none;
    }
    tr {
      padding-block: 0.625rem;
      border-bottom: 1px solid var(--line);
    }
    td {
      padding: 0.0625rem 0;
      border: 0;
    }
    td:empty {
      display: none;
    }
  }
`;

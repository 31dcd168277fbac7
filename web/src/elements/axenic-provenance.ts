import { LitElement, type TemplateResult, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { getProvenance } from "../api/experiments.js";
import { told } from "../api/http.js";
import type { AttemptMade, Provenance, RevisionMade } from "../api/types.js";
import { date } from "../show/time.js";
import { shared } from "../styles/shared.js";
import { tableStyles } from "../styles/table.js";

const SHORT = 12;

/** What an experiment's data rest on: profile and commit, reactors, versions, calibrations. */
@customElement("axenic-provenance")
export class AxenicProvenance extends LitElement {
  static override styles = [
    shared,
    tableStyles,
    css`
      :host {
        display: grid;
        gap: 1rem;
        overflow-x: auto;
      }
      td {
        vertical-align: top;
      }
      code {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property() experiment = "";
  @state() private found: Provenance | undefined;
  @state() private problem = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.fetch();
  }

  protected override render() {
    if (this.problem) return html`<p role="alert">${this.problem}</p>`;
    if (!this.found) return html`<p class="muted">Looking …</p>`;
    const { revisions, attempts } = this.found;
    return html`${table(
      "Revisions",
      ["Revision", "Profile", "Hash", "Inputs", "By"],
      revisions.map((each) => this.revision(each)),
    )}
    ${attempts.length === 0
      ? nothing
      : table(
          "Attempts",
          ["Attempt", "On", "Software", "Calibrations"],
          attempts.map((each) => this.attempt(each)),
        )}`;
  }

  private revision(made: RevisionMade) {
    const inputs = Object.entries(made.inputs).map(([name, value]) => `${name} = ${value}`);
    const commit = made.commit?.slice(0, SHORT);
    return html`<tr>
      <td>${made.revision}</td>
      <td>
        ${made.library_path
          ? html`<a href="/library?path=${encodeURIComponent(made.library_path)}">${made.library_path}</a> at <code>${commit}</code>`
          : made.file}
      </td>
      <td><code>${made.profile_hash.slice(0, SHORT)}</code></td>
      <td>${inputs.join(", ") || "–"}</td>
      <td>${made.actor}${made.at_wall_s === null ? nothing : html`, ${date(made.at_wall_s)}`}</td>
    </tr>`;
  }

  private attempt(made: AttemptMade) {
    const on = Object.entries(made.bindings).map(([vessel, at]) => `${vessel} on ${at}`);
    const workers = Object.entries(made.workers);
    const software = [
      made.leader ? `leader ${made.leader.version} (Python ${made.leader.python})` : "not written down",
      ...workers.map(([name, each]) => `${name} ${each.version}${each.simulated ? ", simulated" : ""}`),
      ...workers.flatMap(([, each]) => Object.entries(each.plugins).map((plugin) => plugin.join(" "))),
    ];
    const calibrations = workers.flatMap(([, each]) =>
      Object.entries(each.reactors).flatMap(([reactor, { calibrations }]) =>
        Object.entries(calibrations).map(([device, name]) => `${reactor}: ${device} ${name}`),
      ),
    );
    return html`<tr>
      <td>${made.attempt}</td>
      <td>${on.join(", ")}</td>
      <td>${[...new Set(software)].map((each) => html`<div>${each}</div>`)}</td>
      <td>${calibrations.map((each) => html`<div>${each}</div>`)}</td>
    </tr>`;
  }

  private async fetch(): Promise<void> {
    try {
      this.found = await getProvenance(this.experiment);
    } catch (error) {
      this.problem = told(error);
    }
  }
}

function table(name: string, heads: string[], rows: TemplateResult[]) {
  return html`<table>
    <caption class="visually-hidden">${name}</caption>
    <thead>
      <tr>
        ${heads.map((each) => html`<th scope="col">${each}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-provenance": AxenicProvenance;
  }
}

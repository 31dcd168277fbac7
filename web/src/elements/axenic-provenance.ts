import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { getProvenance } from "../api/experiments.js";
import { told } from "../api/http.js";
import type { AttemptMade, Provenance, RevisionMade } from "../api/types.js";
import { date } from "../show/time.js";
import { shared } from "../styles/shared.js";

const SHORT = 12;

/** What an experiment's data rest on: profile and commit, reactors, versions, calibrations. */
@customElement("axenic-provenance")
export class AxenicProvenance extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 1rem;
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
        width: 100%;
        font-size: 0.9375rem;
      }
      th,
      td {
        text-align: left;
        vertical-align: top;
        padding: 0.375rem 1rem 0.375rem 0;
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
    return html`<table>
        <caption class="visually-hidden">Revisions</caption>
        <thead>
          <tr>
            <th scope="col">Revision</th>
            <th scope="col">Profile</th>
            <th scope="col">Hash</th>
            <th scope="col">Inputs</th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          ${revisions.map((each) => this.revision(each))}
        </tbody>
      </table>
      ${attempts.length > 0
        ? html`<table>
            <caption class="visually-hidden">Attempts</caption>
            <thead>
              <tr>
                <th scope="col">Attempt</th>
                <th scope="col">On</th>
                <th scope="col">Software</th>
                <th scope="col">Calibrations</th>
              </tr>
            </thead>
            <tbody>
              ${attempts.map((each) => this.attempt(each))}
            </tbody>
          </table>`
        : nothing}`;
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

declare global {
  interface HTMLElementTagNameMap {
    "axenic-provenance": AxenicProvenance;
  }
}

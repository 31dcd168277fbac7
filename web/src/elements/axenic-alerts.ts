import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { listAllAlerts, listRoutes, tryRoute } from "../api/alerts.js";
import { told } from "../api/http.js";
import type { Alert, ClockNow, Listing, Route } from "../api/types.js";
import { Watch, type Watcher } from "../live/watch.js";
import { who } from "../live/who.js";
import { hoursOf, toldOf, whomOf } from "../show/routes.js";
import { date, iso } from "../show/time.js";
import { pageHead } from "../styles/head.js";
import { shared } from "../styles/shared.js";
import { stackedRows, tableStyles } from "../styles/table.js";
import "./axenic-connection.js";

interface AlertsPageData {
  event_id: number;
  clock: ClockNow;
  alerts: Listing<Alert>;
  routes: Route[];
}

const LOOK_EVERY_MS = 15_000;
const TELLING = new Set(["alert", "silence"]);

/** All that people should know or should have known, whom it reached, and how each route does. */
@customElement("axenic-alerts")
export class AxenicAlerts extends LitElement implements Watcher {
  static override styles = [
    shared,
    pageHead,
    tableStyles,
    stackedRows,
    css`
      .card {
        padding: clamp(1rem, 2vw, 1.375rem);
      }
      section + section {
        margin-top: 1.25rem;
      }
      h2 {
        margin-bottom: 0.75rem;
      }
      td {
        overflow-wrap: anywhere;
      }
      td small {
        display: block;
        color: var(--muted);
      }
      td .problem {
        color: var(--bad);
      }
      .critical {
        color: var(--bad);
      }
      .more {
        margin-top: 0.875rem;
      }
    `,
  ];

  @property({ attribute: false }) data!: AlertsPageData;
  @state() private alerts: Alert[] = [];
  @state() private routes: Route[] = [];
  @state() private next: string | null = null;
  @state() private said = "";
  @state() private trying = "";
  private readonly watch = new Watch(this, TELLING, LOOK_EVERY_MS);
  private readonly someoneElse = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.alerts = this.data.alerts.items;
    this.next = this.data.alerts.next ?? null;
    this.routes = this.data.routes;
    addEventListener("axenic-who", this.someoneElse);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("axenic-who", this.someoneElse);
  }

  protected override render() {
    return html`<header class="head">
        <h1>Alerts</h1>
        <axenic-connection .link=${this.watch.link}></axenic-connection>
      </header>
      <p role="status">${this.said || nothing}</p>
      <section class="card" aria-labelledby="routes">
        <h2 id="routes">Whom they reach</h2>
        ${this.routes.length === 0
          ? html`<p>Nobody: <code>notifications:</code> of a cluster document says whom to tell.</p>`
          : this.routeTable()}
      </section>
      <section class="card" aria-labelledby="alerts">
        <h2 id="alerts">What was raised</h2>
        ${this.alerts.length === 0 ? html`<p>Nothing yet.</p>` : this.alertTable()}
        ${this.next === null ? nothing : html`<p class="more"><button @click=${this.more}>Show earlier</button></p>`}
      </section>`;
  }

  private routeTable() {
    return html`<table>
      <thead>
        <tr>
          <th scope="col">Route</th>
          <th scope="col">Tells</th>
          <th scope="col">When</th>
          <th scope="col">Last told</th>
          <th scope="col">Waiting</th>
          <th scope="col"><span class="visually-hidden">Test</span></th>
        </tr>
      </thead>
      <tbody>
        ${this.routes.map((each) => this.route(each))}
      </tbody>
    </table>`;
  }

  private route(route: Route) {
    return html`<tr>
      <td>${route.name} <small>${route.to.join(" or ")}</small></td>
      <td>${toldOf(route)} <small>${whomOf(route)}</small></td>
      <td>${hoursOf(route)}</td>
      <td>${route.told_wall_s === null ? "never" : html`<time datetime=${iso(route.told_wall_s)}>${date(route.told_wall_s)}</time>`}</td>
      <td>
        ${route.waiting}
        ${route.problem ? html`<small class="problem">failed ${route.tries} times: ${route.problem}</small>` : nothing}
      </td>
      <td>
        ${who().role === "administrator"
          ? html`<button
              ?disabled=${this.trying !== ""}
              aria-label="Test ${route.name}"
              @click=${() => this.try(route.name)}
            >
              Test
            </button>`
          : nothing}
      </td>
    </tr>`;
  }

  private alertTable() {
    return html`<table>
      <thead>
        <tr>
          <th scope="col">Raised</th>
          <th scope="col">What</th>
          <th scope="col">State</th>
          <th scope="col">Reached</th>
        </tr>
      </thead>
      <tbody>
        ${this.alerts.map((each) => this.alert(each))}
      </tbody>
    </table>`;
  }

  private alert(alert: Alert) {
    const by = alert.resolved_by || alert.acknowledged_by;
    const times = alert.count > 1 ? `, ${alert.count} times` : "";
    const where = [alert.experiment, alert.vessel ?? alert.worker].filter(Boolean).join(" ");
    return html`<tr>
      <td><time datetime=${iso(alert.raised_wall_s)}>${date(alert.raised_wall_s)}</time></td>
      <td>
        <span class=${alert.severity}>${alert.severity}</span>: ${alert.text}
        <small>${alert.source}${where ? ` at ${where}` : ""}${times}</small>
      </td>
      <td>${alert.state}${by ? html` <small>by ${by}</small>` : nothing}</td>
      <td>${this.reached(alert)}</td>
    </tr>`;
  }

  private reached(alert: Alert) {
    if (alert.delivery === "expired") return "nobody could be notified";
    return alert.deliveries.map((each) => {
      const is = each.told_wall_s === null ? each.outcome : date(each.told_wall_s);
      const over = each.news === "over" ? ", that it is over" : "";
      return html`<div>${each.route}${over} <small>${is}${each.reason ? `: ${each.reason}` : ""}</small></div>`;
    });
  }

  private async try(route: string): Promise<void> {
    this.trying = route;
    this.said = `A test message is on its way by ${route} …`;
    try {
      const [tried] = await tryRoute(route);
      this.said = tried?.problem ? `${route}: ${tried.problem}` : `${route}: the test message went out.`;
      await this.look();
    } catch (error) {
      this.said = told(error);
    } finally {
      this.trying = "";
    }
  }

  async look(): Promise<void> {
    try {
      const [routes, { items, next }] = await Promise.all([listRoutes(), listAllAlerts()]);
      this.routes = routes;
      const oldest = items.at(-1)?.id ?? 0;
      const older = this.alerts.filter((each) => each.id < oldest);
      if (older.length === 0) this.next = next ?? null;
      this.alerts = [...items, ...older];
    } catch (error) {
      console.info("asked again in a while:", told(error));
    }
  }

  private async more(): Promise<void> {
    try {
      const { items, next } = await listAllAlerts(this.next ?? undefined);
      this.alerts = [...this.alerts, ...items];
      this.next = next ?? null;
    } catch (error) {
      this.said = told(error);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-alerts": AxenicAlerts;
  }
}

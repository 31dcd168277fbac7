import { LitElement, css, html } from "lit";
import { customElement, state } from "lit/decorators.js";
import { type Role, remember, who } from "../live/who.js";
import { shared } from "../styles/shared.js";

/** Who uses this browser, and as what, until there is sign-in. */
@customElement("axenic-who")
export class AxenicWho extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        font-size: 0.8125rem;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        align-items: center;
      }
      input {
        width: 9rem;
      }
      button.plain {
        min-height: 0;
        padding: 0;
        font-weight: 540;
        font-size: inherit;
        text-decoration: underline;
      }
    `,
  ];

  @state() private changes = false;
  @state() private problem = "";

  protected override render() {
    const { name, role } = who();
    if (!this.changes) {
      const words = role === "administrator" ? `${name}, as an administrator` : name;
      return html`<span>You are ${words}</span> ·
        <button class="plain" @click=${() => (this.changes = true)}>change</button>`;
    }
    return html`<form @submit=${this.keep}>
      <input name="name" .value=${name} maxlength="64" aria-label="Your name" autocomplete="username" />
      <select name="role" aria-label="As what">
        <option value="user" ?selected=${role === "user"}>user</option>
        <option value="administrator" ?selected=${role === "administrator"}>administrator</option>
      </select>
      <button>That is me</button>
      <span role="alert">${this.problem}</span>
    </form>`;
  }

  private keep(event: SubmitEvent): void {
    event.preventDefault();
    const said = new FormData(event.target as HTMLFormElement);
    const fits = remember(String(said.get("name") ?? ""), String(said.get("role")) as Role);
    this.problem = fits ? "" : "A name is 1 to 64 plain letters, digits and signs";
    this.changes = !fits;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-who": AxenicWho;
  }
}

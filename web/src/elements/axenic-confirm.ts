import { LitElement, css, html } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { dialogStyles } from "../styles/dialog.js";
import { shared } from "../styles/shared.js";

export interface Confirmation {
  title: string;
  text: string;
  /** The word on the button that does it. */
  verb: string;
  isDangerous?: boolean;
}

/** Asks before something is done that cannot be undone. */
@customElement("axenic-confirm")
export class AxenicConfirm extends LitElement {
  static override styles = [
    shared,
    dialogStyles,
    css`
      p {
        margin-block: 0.75rem 1.5rem;
        color: var(--muted);
      }
      form {
        display: flex;
        justify-content: flex-end;
        flex-wrap: wrap;
        gap: 0.75rem;
      }
    `,
  ];

  @property({ attribute: false }) asked!: Confirmation;
  @query("dialog") private dialog!: HTMLDialogElement;

  /** Ask; whether the answer was yes. */
  static async ask(asked: Confirmation): Promise<boolean> {
    const element = document.createElement("axenic-confirm");
    element.asked = asked;
    document.body.append(element);
    await element.updateComplete;
    try {
      return await element.answer();
    } finally {
      element.remove();
    }
  }

  protected override render() {
    const { title, text, verb, isDangerous } = this.asked;
    return html`<dialog aria-labelledby="title" aria-describedby="text">
      <h2 id="title">${title}</h2>
      <p id="text">${text}</p>
      <form method="dialog">
        <button value="no" autofocus>Go back</button>
        <button value="yes" class="primary ${isDangerous ? "danger" : ""}">${verb}</button>
      </form>
    </dialog>`;
  }

  private answer(): Promise<boolean> {
    this.dialog.showModal();
    return new Promise((resolve) => {
      const closed = () => resolve(this.dialog.returnValue === "yes");
      this.dialog.addEventListener("close", closed, { once: true });
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "axenic-confirm": AxenicConfirm;
  }
}

// A profile on its way to becoming an experiment, and what the server says of it.
import { newKey, told } from "../api/http.js";
import { checkProfile } from "../api/profiles.js";
import type { CheckResult, NewExperiment } from "../api/types.js";

const CHECK_AFTER_MS = 350;

export type Chosen = Record<string, string>;

export class Draft {
  text = "";
  file = "profile.yaml";
  /** What it includes, by paths from its folder. */
  files: Record<string, string> = {};
  /** Which of its files is at hand, by its path. */
  shown = this.file;
  /** As typed; what is empty is left to the profile's default. */
  inputs: Chosen = {};
  /** vessel → reactor; what is empty takes any free one. */
  bindings: Chosen = {};
  result: CheckResult | null = null;
  isChecking = false;
  problem = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;
  private key = newKey();

  constructor(private readonly changed: () => void) {}

  /** Whether the text as it stands now was checked and is good. */
  get isReady(): boolean {
    return !this.isChecking && this.result?.ok === true && this.text.trim() !== "";
  }

  write(text: string, file = this.file, files = this.files): void {
    this.text = text;
    if (file !== this.file || files !== this.files) this.shown = file;
    this.file = file;
    this.files = files;
    this.checkSoon();
  }

  /** All of its files, the profile first. */
  get names(): string[] {
    return [this.file, ...Object.keys(this.files).sort()];
  }

  get shownText(): string {
    return this.shown === this.file ? this.text : (this.files[this.shown] ?? "");
  }

  show(name: string): void {
    this.shown = name;
    this.changed();
  }

  /** Write the file that is at hand. */
  edit(text: string): void {
    if (this.shown === this.file) this.text = text;
    else this.files = { ...this.files, [this.shown]: text };
    this.checkSoon();
  }

  choose(kind: "inputs" | "bindings", name: string, value: string): void {
    this[kind] = { ...this[kind], [name]: value };
    if (kind === "inputs") this.checkSoon();
    else this.changed();
  }

  /** As it is to be sent; the same draft under the same key, so that it never starts twice. */
  submission(): [NewExperiment, string] {
    const { text, file, files } = this;
    const vessels = new Set(this.result?.profile?.vessels);
    const bindings = given(this.bindings, (vessel) => vessels.has(vessel));
    return [{ text, file, files, inputs: this.chosenInputs(), bindings }, this.key];
  }

  /** What was refused is another request when it is mended. */
  refused(): void {
    this.key = newKey();
  }

  end(): void {
    clearTimeout(this.timer);
    this.turn += 1;
  }

  private checkSoon(): void {
    clearTimeout(this.timer);
    this.key = newKey();
    this.turn += 1;
    this.isChecking = this.text.trim() !== "";
    if (this.isChecking) this.timer = setTimeout(() => void this.check(), CHECK_AFTER_MS);
    else this.result = null;
    this.changed();
  }

  private async check(): Promise<void> {
    const turn = ++this.turn;
    const { text, file, files } = this;
    try {
      const result = await checkProfile({ text, file, files, inputs: this.chosenInputs() });
      if (turn !== this.turn) return;
      this.result = result;
      this.problem = "";
    } catch (error) {
      if (turn !== this.turn) return;
      this.result = null;
      this.problem = told(error);
    }
    this.isChecking = false;
    this.changed();
  }

  // A plain number is in the unit that stands beside the field.
  private chosenInputs(): Record<string, string | number | boolean> {
    const declared = new Map(this.result?.profile?.inputs.map((each) => [each.name, each]));
    const known = given(this.inputs, (name) => this.result?.profile == null || declared.has(name));
    return Object.fromEntries(
      Object.entries(known).map(([name, value]) => {
        const type = declared.get(name)?.type;
        const isText = type === "text" || type === "choice" || type === "boolean";
        return [name, !isText && isNumber(value) ? Number(value) : value];
      }),
    );
  }
}

function given(chosen: Chosen, isKnown: (name: string) => boolean): Chosen {
  const all = Object.entries(chosen).map(([name, value]) => [name, value.trim()] as const);
  return Object.fromEntries(all.filter(([name, value]) => value !== "" && isKnown(name)));
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
}

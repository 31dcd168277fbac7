// CodeMirror for YAML, fetched only where a profile is shown or written.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  HighlightStyle,
  bracketMatching,
  foldGutter,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic as Lint, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, type Extension } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Diagnostic } from "../api/types.js";

export interface EditorWanted {
  parent: HTMLElement;
  root: ShadowRoot | Document;
  text: string;
  label: string;
  readOnly: boolean;
  changed: (text: string) => void;
}

export function makeEditor(wanted: EditorWanted): EditorView {
  return new EditorView({
    parent: wanted.parent,
    root: wanted.root,
    state: EditorState.create({ doc: wanted.text, extensions: extensions(wanted) }),
  });
}

/** Put another text in; who types on keeps the place. */
export function setText(view: EditorView, text: string): void {
  if (view.state.doc.toString() === text) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

/** Underline what was found. */
export function showDiagnostics(view: EditorView, diagnostics: Diagnostic[]): void {
  const lints = diagnostics.map((each) => lintOf(view, each));
  view.dispatch(setDiagnostics(view.state, lints));
}

/** Put the cursor where a diagnostic points. */
export function goTo(view: EditorView, line: number, column: number): void {
  const anchor = offsetOf(view, line, column);
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
  view.focus();
}

/** Write something else where a diagnostic points. */
export function replaceRange(view: EditorView, at: Diagnostic, text: string): void {
  const from = offsetOf(view, at.line, at.column);
  const to = Math.max(from, offsetOf(view, at.end_line, at.end_column));
  view.dispatch({ changes: { from, to, insert: text } });
}

export function textAt(view: EditorView, at: Diagnostic): string {
  return view.state.sliceDoc(
    offsetOf(view, at.line, at.column),
    offsetOf(view, at.end_line, at.end_column),
  );
}

function extensions({ label, readOnly, changed }: EditorWanted): Extension[] {
  const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
  const common: Extension[] = [
    EditorView.cspNonce.of(nonce),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    yaml(),
    syntaxHighlighting(colours),
    lineNumbers(),
    foldGutter(),
    theme,
  ];
  if (readOnly) {
    const said = EditorView.contentAttributes.of({ role: "textbox", "aria-readonly": "true" });
    return [...common, EditorState.readOnly.of(true), EditorView.editable.of(false), said];
  }
  return [
    ...common,
    history(),
    indentUnit.of("  "),
    indentOnInput(),
    bracketMatching(),
    drawSelection(),
    highlightActiveLine(),
    lintGutter(),
    keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed(update.state.doc.toString());
    }),
  ];
}

function lintOf(view: EditorView, each: Diagnostic): Lint {
  const from = offsetOf(view, each.line, each.column);
  const to = Math.max(from, offsetOf(view, each.end_line, each.end_column));
  const hint = each.suggestion ? ` — ${each.suggestion}` : "";
  return { from, to, severity: each.severity, message: each.message + hint };
}

function offsetOf(view: EditorView, line: number, column: number): number {
  const { doc } = view.state;
  const at = doc.line(Math.max(1, Math.min(line, doc.lines)));
  return Math.min(at.to, at.from + Math.max(0, column - 1));
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.content], color: "var(--ink)" },
  { tag: [tags.number, tags.bool, tags.keyword, tags.typeName], color: "var(--info)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--muted)" },
]);

const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "0.875rem", height: "100%" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--muted)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": {
    backgroundColor: "var(--accent-soft) !important",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    border: "1px solid var(--edge)",
    borderRadius: "0.5rem",
    maxWidth: "min(32rem, 90vw)",
  },
});

// Files, a folder or an archive of somebody's, on their way to being a profile with all it includes.
import type { ProfileText } from "../api/types.js";
import { unzip } from "./zip.js";

/** Texts by their paths, with slashes, from the folder that they have in common. */
export type Texts = Record<string, string>;

export const FILES_MAX = 500;
export const BYTES_MAX = 1_500_000;

/** Read what was chosen; whatever is no YAML, is hidden, or holds secrets is left out. */
export async function gather(chosen: readonly File[]): Promise<Texts> {
  const found = new Map<string, Uint8Array>();
  for (const file of chosen) {
    if (file.size > BYTES_MAX) throw new Error(`${file.name} is larger than a profile can be (1.5 MB)`);
    const name = file.webkitRelativePath || file.name;
    const content = new Uint8Array(await file.arrayBuffer());
    if (!file.name.toLowerCase().endsWith(".zip")) keep(found, name, content);
    else for (const each of await unzip(content, isWanted, BYTES_MAX)) keep(found, each.name, each.content);
  }
  if (found.size === 0) throw new Error("there is no YAML file among them");
  return decoded(withoutTheFolder(found));
}

/** Those of them that are profiles; the others are parts. */
export function rootsOf(texts: Texts): string[] {
  return Object.keys(texts).filter((name) => /^axenic:\s*["']?profile\//m.test(texts[name] ?? "")).sort();
}

/** One of them as the profile, the others as what it may include: only from its own folder on. */
export function asProfile(texts: Texts, root: string): ProfileText {
  const folder = root.slice(0, root.lastIndexOf("/") + 1);
  const beside = Object.entries(texts).filter(([name]) => name.startsWith(folder) && name !== root);
  return {
    file: root.slice(folder.length),
    text: texts[root] ?? "",
    files: Object.fromEntries(beside.map(([name, text]) => [name.slice(folder.length), text])),
  };
}

function keep(found: Map<string, Uint8Array>, name: string, content: Uint8Array): void {
  const parts = name.replaceAll("\\", "/").split("/").filter((each) => each !== ".");
  const path = parts.join("/");
  if (parts.some((each) => each === ".." || each === "")) throw new Error(`${name} leads out of its folder`);
  if (isWanted(path)) found.set(path, content);
  if (found.size > FILES_MAX) throw new Error(`these are more than the ${FILES_MAX} files that a profile can have`);
  let bytes = 0;
  for (const each of found.values()) bytes += each.length;
  if (bytes > BYTES_MAX) throw new Error("together they are larger than a profile can be (1.5 MB)");
}

function isWanted(path: string): boolean {
  const parts = path.split("/");
  const isHidden = parts.some((each) => /^\.[^.]|^__MACOSX$/.test(each));
  return /\.ya?ml$/.test(path) && !isHidden && parts.at(-1) !== "secrets.yaml";
}

// A folder that all are in is where they were, and says nothing of them.
function withoutTheFolder(found: Map<string, Uint8Array>): Map<string, Uint8Array> {
  const [first = ""] = found.keys();
  const folder = first.slice(0, first.indexOf("/") + 1);
  if (folder === "" || [...found.keys()].some((name) => !name.startsWith(folder))) return found;
  return new Map([...found].map(([name, content]) => [name.slice(folder.length), content]));
}

function decoded(found: Map<string, Uint8Array>): Texts {
  const texts: Texts = {};
  for (const [name, content] of found) {
    try {
      texts[name] = new TextDecoder("utf-8", { fatal: true }).decode(content);
    } catch {
      throw new Error(`${name} is no text in UTF-8`);
    }
  }
  return texts;
}

// /api/library: a laboratory's own profiles, and their past.
import { getAll, getJson, postJson, putJson } from "./http.js";
import type {
  LibraryCommit,
  LibraryFile,
  LibraryStanding,
  LibraryText,
  Listing,
  PullResult,
  TextDifference,
} from "./types.js";

function pathOf(path: string): string {
  return `/api/library/files/${encodeURIComponent(path)}`;
}

export function getLibrary(): Promise<LibraryStanding> {
  return getJson("/api/library");
}

export function listLibrary(): Promise<LibraryFile[]> {
  return getAll("/api/library/files");
}

export function readDocument(path: string, commit?: string): Promise<LibraryText> {
  return getJson(pathOf(path), { commit });
}

/** `blob` is what was read; null writes a new document. */
export function saveDocument(
  path: string,
  text: string,
  message: string,
  blob: string | null,
): Promise<LibraryText> {
  return putJson(pathOf(path), { text, message }, blob);
}

export function documentHistory(path: string, cursor?: string): Promise<Listing<LibraryCommit>> {
  return getJson(`${pathOf(path)}/history`, { cursor });
}

export function documentDifference(path: string, old: string): Promise<TextDifference> {
  return getJson(`${pathOf(path)}/difference`, { old });
}

export function restoreDocument(path: string, commit: string, blob: string | null): Promise<LibraryText> {
  return postJson(`${pathOf(path)}/restore`, { commit }, undefined, blob);
}

export function pullLibrary(): Promise<PullResult> {
  return postJson("/api/library/pull");
}

// Requests to /api: JSON in, JSON out, and problems as errors.
import { whoHeaders } from "../live/who.js";
import type { Diagnostic, Listing, ProblemDocument } from "./types.js";

const LIMIT_MS = 30_000;

export type Query = Record<string, string | number | boolean | null | undefined | string[]>;

export interface Conflict {
  difference: string;
  blob: string | null;
}

/** What the server says is wrong (RFC 9457), in words for people. */
export class ProblemError extends Error {
  readonly status: number;
  readonly diagnostics: Diagnostic[];
  /** Where somebody else saved meanwhile: how that differs, and what it is known by. */
  readonly conflict: Conflict;

  constructor(problem: ProblemDocument & { diagnostics?: Diagnostic[] } & Partial<Conflict>) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
    this.status = problem.status;
    this.diagnostics = problem.diagnostics ?? [];
    this.conflict = { difference: problem.difference ?? "", blob: problem.blob ?? null };
  }
}

export async function getJson<T>(path: string, query: Query = {}): Promise<T> {
  const response = await send(path + queryText(query), { headers: { Accept: "application/json" } });
  return (await response.json()) as T;
}

/** All items of a list, page after page. */
export async function getAll<T>(path: string, query: Query = {}): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Listing<T> = await getJson(path, { ...query, cursor });
    items.push(...page.items);
    cursor = page.next ?? null;
  } while (cursor !== null);
  return items;
}

export async function getText(path: string): Promise<string> {
  return (await send(path, {})).text();
}

/** A write, sent under a key, so that sending it again does nothing twice. */
export async function postJson<T>(
  path: string,
  body?: unknown,
  key?: string,
  tag?: string | null,
): Promise<T> {
  const response = await send(path, {
    method: "POST",
    headers: { ...jsonHeaders(tag), "Idempotency-Key": key ?? newKey() },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return (await response.json()) as T;
}

/** The whole of what was read under that tag, or something new if there was none. */
export async function putJson<T>(path: string, body: unknown, tag: string | null): Promise<T> {
  const response = await send(path, {
    method: "PUT",
    headers: { ...jsonHeaders(tag), "Idempotency-Key": newKey() },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T;
}

function jsonHeaders(tag?: string | null): Record<string, string> {
  const headers = { "Content-Type": "application/json" };
  return tag ? { ...headers, "If-Match": `"${tag}"` } : headers;
}

/** A change of some fields of what was read at that version. */
export async function patchJson<T>(path: string, body: unknown, version: number): Promise<T> {
  const response = await send(path, {
    method: "PATCH",
    headers: {
      "Content-Type": "application/json",
      "Idempotency-Key": newKey(),
      "If-Match": `"${version}"`,
    },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T;
}

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What to tell a person of anything that went wrong. */
export function told(error: unknown): string {
  if (error instanceof ProblemError) return error.message;
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `the leader did not answer within ${LIMIT_MS / 1000} s`;
  }
  if (error instanceof TypeError) return "the leader cannot be reached";
  return error instanceof Error ? error.message : String(error);
}

async function send(path: string, request: RequestInit): Promise<Response> {
  const headers = { ...whoHeaders(), ...(request.headers as Record<string, string> | undefined) };
  const response = await fetch(path, { signal: AbortSignal.timeout(LIMIT_MS), ...request, headers });
  if (!response.ok) throw new ProblemError(await problemOf(response));
  return response;
}

async function problemOf(response: Response): Promise<ProblemDocument> {
  try {
    return (await response.json()) as ProblemDocument;
  } catch {
    const title = response.statusText || "The request failed";
    return { type: "about:blank", title, status: response.status, detail: "" };
  }
}

function queryText(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined) parameters.append(name, String(each));
    }
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

// What people wrote about an experiment.
import { pathOf } from "./experiments.js";
import { getAll, postJson } from "./http.js";
import type { Listing, NewNote, Note } from "./types.js";

export function listNotes(experiment: string): Promise<Note[]> {
  return getAll(`${pathOf(experiment)}/notes`);
}

export function addNote(experiment: string, note: NewNote): Promise<Note> {
  return postJson(`${pathOf(experiment)}/notes`, note);
}

export function changeNote({ experiment, id, version }: Note, text: string): Promise<Listing<Note>> {
  return postJson(`${pathOf(experiment)}/notes/${id}`, { text }, undefined, version);
}

export function removeNote({ experiment, id, version }: Note): Promise<Listing<Note>> {
  return postJson(`${pathOf(experiment)}/notes/${id}/remove`, undefined, undefined, version);
}

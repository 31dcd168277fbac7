// What people wrote about an experiment.
import { pathOf } from "./experiments.js";
import { getJson, postJson } from "./http.js";
import type { Listing, NewNote, Note } from "./types.js";

export async function listNotes(experiment: string): Promise<Note[]> {
  return (await getJson<Listing<Note>>(`${pathOf(experiment)}/notes`)).items;
}

export function addNote(experiment: string, note: NewNote): Promise<Note> {
  return postJson(`${pathOf(experiment)}/notes`, note);
}

export function changeNote({ experiment, id }: Note, text: string): Promise<Listing<Note>> {
  return postJson(`${pathOf(experiment)}/notes/${id}`, { text });
}

export function removeNote({ experiment, id }: Note): Promise<Listing<Note>> {
  return postJson(`${pathOf(experiment)}/notes/${id}/remove`);
}

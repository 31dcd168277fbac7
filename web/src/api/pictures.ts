// Pictures of an experiment.
import { pathOf } from "./experiments.js";
import { getJson, postJson } from "./http.js";
import type { CommandOutcome, Listing, Picture, Run } from "./types.js";

const PAGE = 500;
/** More than that nobody goes through with a slider; older ones are in the API. */
const PICTURES_MAX = 2000;

/** Newest first. */
export async function listPictures(experiment: string): Promise<Picture[]> {
  const pictures: Picture[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor: string | null } = { limit: PAGE, cursor };
    const page: Listing<Picture> = await getJson(`${pathOf(experiment)}/pictures`, query);
    pictures.push(...page.items);
    cursor = page.next ?? null;
  } while (cursor !== null && pictures.length < PICTURES_MAX);
  return pictures;
}

/** For an `img`: it never changes. */
export function addressOf(experiment: string, picture: Picture): string {
  return `${pathOf(experiment)}/pictures/${picture.id}`;
}

/** By the camera of a vessel that runs; answered when it is taken. */
export function takePicture({ worker, reactor, vessel }: Run): Promise<CommandOutcome> {
  const body = { name: "snapshot", reactor: reactor ?? "", args: { label: `${vessel}, by hand` } };
  return postJson(`/api/workers/${encodeURIComponent(worker ?? "")}/command`, body);
}

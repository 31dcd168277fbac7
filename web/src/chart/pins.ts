// Notes that are pinned to moments: where they stand on a chart's axis.
import type uPlot from "uplot";
import type { Action, Note, PhaseVisit, Run } from "../api/types.js";
import type { Axis, Mark } from "./lanes.js";
import type { Theme } from "./theme.js";

const FLAG_PX = 9;

/** A note's place; of one vessel in its colour. */
export interface Pin extends Mark {
  note: Note;
  colour: number | null;
}

/** Moments that are known on both clocks, by vessel. */
export interface Known {
  vessels: string[];
  runs: Run[];
  phases: PhaseVisit[];
  actions: Action[];
}

export function pinsOf(notes: Note[], known: Known, axis: Axis): Pin[] {
  return notes.flatMap((note) => {
    if (note.pinned_wall_s === null) return [];
    const at = axis === "wall" ? note.pinned_wall_s : onProcess(note.pinned_wall_s, known, note.vessel);
    if (at === null) return [];
    const about = note.vessel === null ? "" : `${note.vessel}: `;
    const colour = note.vessel === null ? null : known.vessels.indexOf(note.vessel);
    return [{ at, label: `${about}${note.text}`, note, colour }];
  });
}

/** The moment of a place on the axis; null where nobody knows. */
export function momentOf(at: number, known: Known, axis: Axis): number | null {
  if (axis === "wall") return at;
  const shift = shiftAt((anchor) => anchor.process, at, anchorsOf(known, null));
  return shift === null ? null : at + shift;
}

function onProcess(wallS: number, known: Known, vessel: string | null): number | null {
  const shift = shiftAt((anchor) => anchor.wall, wallS, anchorsOf(known, vessel));
  return shift === null ? null : wallS - shift;
}

interface Anchor {
  process: number;
  wall: number;
}

/** What lies between the clocks changes where one of them was put right: the nearest moment counts. */
function shiftAt(of: (anchor: Anchor) => number, at: number, anchors: Anchor[]): number | null {
  const distance = (anchor: Anchor) => Math.abs(of(anchor) - at);
  const nearest = anchors.reduce<Anchor | null>(
    (best, each) => (best === null || distance(each) < distance(best) ? each : best),
    null,
  );
  return nearest === null ? null : nearest.wall - nearest.process;
}

function anchorsOf({ vessels, runs, phases, actions }: Known, vessel: string | null): Anchor[] {
  const name = vessel ?? vessels[0];
  const pairs = [
    ...runs.map((each) => [each.vessel, 0, each.began_wall_s] as const),
    ...phases.map((each) => [each.vessel, each.entered_process_s, each.entered_wall_s] as const),
    ...actions.map((each) => [each.vessel, each.began_process_s, each.began_wall_s] as const),
  ];
  return pairs.flatMap(([of, process, wall]) =>
    of !== name || process === null || wall === null ? [] : [{ process, wall }],
  );
}

/** A flag at the top of the curves and a fine line below it. */
export function paintPins(plot: uPlot, pins: Pin[], theme: Theme, pixels: number): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const pin of pins) {
    const x = Math.round(plot.valToPos(pin.at, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const colour = pin.colour === null ? theme.ink : (theme.vessels[pin.colour % theme.vessels.length] ?? theme.ink);
    const side = x + FLAG_PX * pixels > bbox.left + bbox.width ? -1 : 1;
    ctx.strokeStyle = ctx.fillStyle = colour;
    ctx.lineWidth = pixels;
    ctx.setLineDash([3 * pixels, 3 * pixels]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x + side * FLAG_PX * pixels, bbox.top + (FLAG_PX / 2) * pixels);
    ctx.lineTo(x, bbox.top + FLAG_PX * pixels);
    ctx.closePath();
    ctx.fill();
  }
  ctx.restore();
}

// Above a chart, a lane for each vessel: its phases as bands, what happened as marks.
import type uPlot from "uplot";
import type { Action, PhaseVisit } from "../api/types.js";
import { type Theme, faded } from "./theme.js";

const LANE_PX = 18;
/** Of a cluster of many vessels: bands without their names. */
const THIN_LANE_PX = 7;
const TALL_MAX = 4;

export function laneHeight(lanes: number): number {
  return lanes <= TALL_MAX ? LANE_PX : THIN_LANE_PX;
}

export interface Band {
  from: number;
  to: number | null;
  label: string;
}

export interface Mark {
  at: number;
  label: string;
}

export interface Lane {
  vessel: string;
  colour: number;
  bands: Band[];
  marks: Mark[];
}

export type Axis = "process" | "wall";

// Doses are many and of little news; settings come and go.
const SHOWN = new Set(["ask", "sample", "alert", "ramp", "blank", "note", "pause", "snapshot"]);

export function lanesOf(
  vessels: string[],
  phases: PhaseVisit[],
  actions: Action[],
  axis: Axis,
): Lane[] {
  return vessels.map((vessel, colour) => ({
    vessel,
    colour,
    bands: phases.flatMap((visit) => (visit.vessel === vessel ? bandOf(visit, axis) : [])),
    marks: actions.flatMap((action) => (action.vessel === vessel ? markOf(action, axis) : [])),
  }));
}

function bandOf(visit: PhaseVisit, axis: Axis): Band[] {
  const from = axis === "process" ? visit.entered_process_s : visit.entered_wall_s;
  const to = axis === "process" ? visit.left_process_s : visit.left_wall_s;
  return from === null ? [] : [{ from, to, label: visit.phase }];
}

function markOf(action: Action, axis: Axis): Mark[] {
  if (!SHOWN.has(action.action)) return [];
  const began = axis === "process" ? action.began_process_s : action.began_wall_s;
  const ended = axis === "process" ? action.ended_process_s : action.ended_wall_s;
  const at = began ?? ended;
  if (at === null) return [];
  const outcome = action.outcome === null || action.outcome === "done" ? "" : ` (${action.outcome})`;
  return [{ at, label: `${action.vessel}: ${action.detail || action.action}${outcome}` }];
}

/** Every other phase of the first vessel, as shade behind the curves. */
export function paintShade(plot: uPlot, lanes: Lane[], theme: Theme): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = theme.shade;
  lanes[0]?.bands.forEach((band, n) => {
    if (n % 2 === 0) return;
    const [left, right] = edges(plot, band);
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  });
  ctx.restore();
}

export function paintLanes(plot: uPlot, lanes: Lane[], theme: Theme, pixels: number): void {
  const { ctx, bbox } = plot;
  const height = laneHeight(lanes.length) * pixels;
  const brush: Brush = { theme, pixels, height: height - 3 * pixels };
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, 0, bbox.width, bbox.top);
  ctx.clip();
  lanes.forEach((lane, row) => {
    const top = bbox.top - (lanes.length - row) * height - 2 * pixels;
    const colour = theme.vessels[lane.colour % theme.vessels.length] ?? theme.ink;
    lane.bands.forEach((band, n) => paintBand(plot, band, n, top, colour, brush));
    for (const mark of lane.marks) paintMark(plot, mark, top, colour, brush);
  });
  ctx.restore();
}

interface Brush {
  theme: Theme;
  pixels: number;
  height: number;
}

function paintBand(
  plot: uPlot,
  band: Band,
  n: number,
  top: number,
  colour: string,
  { theme, pixels, height }: Brush,
): void {
  const { ctx } = plot;
  const [left, right] = edges(plot, band);
  const width = right - left - pixels;
  if (width <= 0) return;
  ctx.fillStyle = faded(colour, n % 2 === 0 ? 0.13 : 0.24);
  ctx.beginPath();
  ctx.roundRect(left, top, width, height, 3 * pixels);
  ctx.fill();
  if (height < 12 * pixels) return;
  ctx.font = `${11 * pixels}px system-ui, sans-serif`;
  if (ctx.measureText(band.label).width > width - 10 * pixels) return;
  ctx.fillStyle = theme.ink;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  ctx.fillText(band.label, left + 6 * pixels, top + height / 2 + 0.5 * pixels);
}

function paintMark(
  plot: uPlot,
  mark: Mark,
  top: number,
  colour: string,
  { theme, pixels, height }: Brush,
): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(mark.at, "x", true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  const y = top + height / 2;
  const r = Math.min(4 * pixels, height);
  ctx.beginPath();
  ctx.moveTo(x, y - r);
  ctx.lineTo(x + r, y);
  ctx.lineTo(x, y + r);
  ctx.lineTo(x - r, y);
  ctx.closePath();
  ctx.fillStyle = colour;
  ctx.strokeStyle = theme.surface;
  ctx.lineWidth = 1.5 * pixels;
  ctx.stroke();
  ctx.fill();
}

function edges(plot: uPlot, band: Band): [number, number] {
  const { left, width } = plot.bbox;
  const from = plot.valToPos(band.from, "x", true);
  const to = band.to === null ? left + width : plot.valToPos(band.to, "x", true);
  return [Math.max(left, from), Math.min(left + width, to)];
}

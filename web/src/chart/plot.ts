// A uPlot of curves: a line and a band from minimum to maximum for each.
import uPlot from "uplot";
import type { Chart, ChartAxis, ChartSeries } from "../api/types.js";
import { labelled } from "../show/units.js";
import { ELAPSED_STEPS_S, elapsedLabels, wallLabels, yRange } from "./axes.js";
import type { CurveBuffer } from "./curve.js";
import { type Axis, type Lane, laneHeight, paintLanes, paintShade } from "./lanes.js";
import { type Pin, paintPins } from "./pins.js";
import { type Theme, faded } from "./theme.js";

/** One line of the chart. */
export interface Line {
  vessel: string;
  colour: number;
  series: ChartSeries;
  /** Which of the chart's series it is. */
  order: number;
  buffer: CurveBuffer;
}

export interface PlotWanted {
  chart: Chart;
  lines: Line[];
  theme: Theme;
  axis: Axis;
  width: number;
  height: number;
  lanes: () => Lane[];
  pins: () => Pin[];
  moved: (at: number | null) => void;
}

const DASHES: readonly number[][] = [[], [6, 4], [2, 3], [10, 4, 2, 4]];

export interface Stroke {
  width: number;
  alpha: number;
  dash: number[];
}

/** Lines of the left axis are strong, of the right fine; among themselves they differ by dashes. */
export function strokeOf(chart: Chart, order: number): Stroke {
  const side = chart.series[order]?.axis ?? "left";
  const before = chart.series.slice(0, order).filter((each) => (each.axis ?? "left") === side);
  const dash = DASHES[before.length % DASHES.length] ?? [];
  return side === "right" ? { width: 1.15, alpha: 0.65, dash } : { width: 1.75, alpha: 1, dash };
}

const COLUMNS = 3;
const SYNC = "axenic";

export function makePlot(host: HTMLElement, wanted: PlotWanted): uPlot {
  const { theme, lines, lanes, pins } = wanted;
  const pixels = () => uPlot.pxRatio;
  const options: uPlot.Options = {
    width: wanted.width,
    height: wanted.height,
    padding: [lanes().length * laneHeight(lanes().length) + 4, hasRight(lines) ? 0 : 28, 0, 0],
    legend: { show: false },
    cursor: {
      drag: { x: false, y: false },
      sync: { key: SYNC },
      points: { show: false },
      y: false,
    },
    scales: {
      x: { time: wanted.axis === "wall" },
      left: { range: (_, low, high) => rangeOf(wanted.chart.left, low, high) },
      right: { range: (_, low, high) => rangeOf(wanted.chart.right, low, high) },
    },
    axes: [xAxis(wanted), ...sides(wanted)],
    series: [{}, ...lines.flatMap((line) => seriesOf(wanted.chart, line, theme))],
    bands: lines.map((line, n) => ({
      series: [n * COLUMNS + 2, n * COLUMNS + 3],
      fill: faded(colourOf(line, theme), line.series.axis === "right" ? 0.08 : 0.16),
    })),
    hooks: {
      drawClear: [(plot) => paintShade(plot, lanes(), theme)],
      draw: [
        (plot) => paintLanes(plot, lanes(), theme, pixels()),
        (plot) => paintPins(plot, pins(), theme, pixels()),
      ],
      setCursor: [(plot) => wanted.moved(cursorAt(plot))],
    },
  };
  return new uPlot(options, dataOf(lines), host);
}

/** All lines over one column of moments, as uPlot wants it. */
export function dataOf(lines: Line[]): uPlot.AlignedData {
  const tables = lines.map(({ buffer: { at, mean, minimum, maximum } }) => [
    at,
    mean,
    maximum,
    minimum,
  ]);
  if (tables.length === 0) return [[]];
  return uPlot.join(tables as unknown as uPlot.AlignedData[]) as uPlot.AlignedData;
}

function seriesOf(chart: Chart, line: Line, theme: Theme): uPlot.Series[] {
  const stroke = strokeOf(chart, line.order);
  const scale = line.series.axis === "right" ? "right" : "left";
  const hidden: uPlot.Series = { scale, width: 0, points: { show: false }, spanGaps: true };
  return [
    {
      scale,
      label: `${line.vessel} ${line.series.label}`,
      stroke: faded(colourOf(line, theme), stroke.alpha),
      width: stroke.width,
      dash: stroke.dash,
      spanGaps: true,
      points: { show: false },
    },
    hidden,
    hidden,
  ];
}

function colourOf(line: Line, theme: Theme): string {
  return theme.vessels[line.colour % theme.vessels.length] ?? theme.ink;
}

function xAxis({ theme, axis }: PlotWanted): uPlot.Axis {
  const look = { ...lookOf(theme), size: 30 };
  if (axis === "wall") return { ...look, space: 72, values: wallLabels };
  return { ...look, space: 72, incrs: ELAPSED_STEPS_S, values: elapsedLabels };
}

function sides({ chart, lines, theme }: PlotWanted): uPlot.Axis[] {
  const look = lookOf(theme);
  const left: uPlot.Axis = { ...look, scale: "left", side: 3, ...labelOf(chart, lines, "left") };
  if (!hasRight(lines)) return [left];
  const grid = { show: false };
  const label = labelOf(chart, lines, "right");
  return [left, { ...look, scale: "right", side: 1, grid, ...label }];
}

function labelOf(chart: Chart, lines: Line[], side: "left" | "right"): Partial<uPlot.Axis> {
  const of = lines.filter((line) => (line.series.axis ?? "left") === side);
  const units = new Set(of.map((line) => line.series.unit));
  const unit = chart[side]?.unit || (units.size === 1 ? [...units][0]! : "");
  const names = [...new Set(of.map((line) => line.series.label))].join(", ");
  return {
    label: labelled(chart[side]?.label || names, unit),
    labelSize: 20,
    labelGap: 2,
    labelFont: "12px system-ui, sans-serif",
    size: 46,
  };
}

function lookOf(theme: Theme): Partial<uPlot.Axis> {
  return {
    stroke: theme.muted,
    font: "12px system-ui, sans-serif",
    grid: { stroke: theme.grid, width: 1 },
    ticks: { stroke: theme.grid, width: 1, size: 5 },
    gap: 6,
  };
}

function rangeOf(
  side: ChartAxis | null | undefined,
  low: number | null,
  high: number | null,
): [number, number] {
  return yRange(low, high, side?.minimum ?? null, side?.maximum ?? null);
}

function hasRight(lines: Line[]): boolean {
  return lines.some((line) => line.series.axis === "right");
}

function cursorAt(plot: uPlot): number | null {
  const { left } = plot.cursor;
  return left === undefined || left < 0 ? null : plot.posToVal(left, "x");
}

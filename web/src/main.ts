// The web bundle's entry: what every page loads.
import "uplot/dist/uPlot.min.css";

import "./elements/axenic-version.js";

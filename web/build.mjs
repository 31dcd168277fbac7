// Bundles src/main.ts for the browser: node build.mjs [--outdir DIR] [--watch]
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";

const { values } = parseArgs({
  options: {
    outdir: { type: "string", default: "../orchestrator/server/static/bundle" },
    watch: { type: "boolean", default: false },
  },
});

/** @type {esbuild.BuildOptions} */
const options = {
  absWorkingDir: import.meta.dirname,
  entryPoints: ["src/main.ts"],
  outdir: values.outdir,
  bundle: true,
  format: "esm",
  // What main.ts imports with import() becomes a file of its own, fetched when it is needed.
  splitting: true,
  chunkNames: "chunk-[hash]",
  assetNames: "asset-[hash]",
  target: ["es2022"],
  minify: !values.watch,
  sourcemap: values.watch ? "inline" : false,
  legalComments: "linked",
  loader: { ".svg": "file", ".woff2": "file" },
  logLevel: "warning",
};

if (values.watch) {
  await (await esbuild.context(options)).watch();
} else {
  // esbuild has said what was wrong.
  await esbuild.build(options).catch(() => process.exit(1));
}

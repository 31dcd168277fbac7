// What esbuild bundles besides scripts.
declare module "*.css";

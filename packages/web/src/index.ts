export { BuildError } from "./serving/bundle.ts";
export { WebApps, type WebAppsOptions } from "./serving/web-apps.ts";

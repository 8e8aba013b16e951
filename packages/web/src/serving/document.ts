import type { PageDefinition } from "../pages.ts";
import type { PageFiles } from "./manifest.ts";

/** The path of the built files. */
export const FILES = "/assets/";

/** The HTML of a page. It has no inline script or style, so that the CSP needs no exception. */
export function pageDocument(
  { name, title, description }: PageDefinition,
  files: PageFiles,
  key?: string,
): string {
  const prefetch = files.lazy.map((file) => FILES + file).join(" ");
  const head = [
    ...files.styles.map((file) => `<link rel="stylesheet" href="${FILES}${file}">`),
    ...files.imports.map((file) => `<link rel="modulepreload" href="${FILES}${file}">`),
    `<script type="module" src="${FILES}${files.script}"></script>`,
    ...(key === undefined ? [] : [reloadScript(key)]),
  ];
  return htmlDocument(
    `${title} · Fanfare`,
    [...previewTags(title, description), ...head],
    [
      `<div id="app" data-page="${name}" data-prefetch="${prefetch}"></div>`,
      "<noscript><p>This page needs JavaScript.</p></noscript>",
    ],
  );
}

/** For search results and link previews (Open Graph). */
function previewTags(title: string, description: string): readonly string[] {
  return [
    `<meta name="description" content="${description}">`,
    '<meta property="og:type" content="website">',
    '<meta property="og:site_name" content="Fanfare">',
    `<meta property="og:title" content="${title} · Fanfare">`,
    `<meta property="og:description" content="${description}">`,
  ];
}

/** The page of an unknown address. */
export function notFoundDocument(styles: readonly string[], pages: readonly PageDefinition[]): string {
  const links = pages.map(({ title, paths: [path] }) => `<a href="${path}">${title}</a>`);
  return htmlDocument(
    "Not found · Fanfare",
    styles.map((file) => `<link rel="stylesheet" href="${FILES}${file}">`),
    [
      '<main class="not-found"><h1>Page not found</h1>',
      "<p>The address is wrong, or the page has moved.</p>",
      `<nav aria-label="Apps">${links.join(" ")}</nav></main>`,
    ],
  );
}

/** Sent when the pages could not be built. */
export function unavailableDocument(): string {
  const what = "<p>The pages could not be built; the server's log says why.</p>";
  return htmlDocument("Not available · Fanfare", [], [`<main><h1>Not available</h1>${what}</main>`]);
}

/** The same while sources are watched: it shows the error, and reloads after the next build. */
export function buildErrorDocument(error: string, key: string): string {
  const text = error.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return htmlDocument(
    "Not built · Fanfare",
    [reloadScript(key)],
    [`<main><h1>The pages could not be built</h1><pre>${text}</pre></main>`],
  );
}

function reloadScript(key: string): string {
  return `<script type="module" src="${FILES}reload.js?${key}"></script>`;
}

function htmlDocument(title: string, head: readonly string[], body: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#fafaf9" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#141517" media="(prefers-color-scheme: dark)">
<title>${title}</title>
<link rel="icon" href="${FILES}icon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="/apple-touch-icon.png">
${head.join("\n")}
</head>
<body>
${body.join("\n")}
</body>
</html>
`;
}

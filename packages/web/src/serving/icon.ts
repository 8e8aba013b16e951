import { otherHeaders } from "./headers.ts";

/** A fanfare: sound that spreads from one source. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#3f51c7"/><g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round"><path d="M14.5 11.5a6.4 6.4 0 0 1 0 9"/><path d="M18.6 8.3a11 11 0 0 1 0 15.4"/></g><circle cx="9.5" cy="16" r="2.6" fill="#fff"/></svg>`;

export function icon(): Response {
  const headers = { ...otherHeaders("image/svg+xml"), "cache-control": "public, max-age=86400" };
  return new Response(ICON, { headers });
}

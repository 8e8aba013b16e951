import type { Page } from "playwright-core";

/** Texts that run a script where a page takes them for HTML, an attribute or a script. Each calls `alert`. */
export const XSS_PAYLOADS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)>",
  '"><iframe srcdoc="<script>alert(1)</script>">',
  "javascript:alert(1)",
  "{{constructor.constructor('alert(1)')()}}",
] as const;

/** @returns a function that lists, at the end of a test, what ran of the payloads and what they added to the page */
export async function watchForXss(page: Page): Promise<() => Promise<readonly string[]>> {
  const ran: string[] = [];
  page.on("dialog", (dialog) => {
    ran.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return async () => {
    const planted = await page.locator("main :is(script, img, iframe, svg[onload], [onerror])").count();
    return planted === 0 ? ran : [...ran, `${planted} elements that the page did not make`];
  };
}

import type { Page } from "playwright-core";

/** What would run where text is taken for HTML, or an attribute, or a script. Each calls `alert`. */
export const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)>",
  '"><iframe srcdoc="<script>alert(1)</script>">',
  "javascript:alert(1)",
  "{{constructor.constructor('alert(1)')()}}",
] as const;

/** Notices whatever runs in a page that should not; ask it at the end. */
export async function watchFor(page: Page): Promise<() => Promise<readonly string[]>> {
  const ran: string[] = [];
  page.on("dialog", (dialog) => {
    ran.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return async () => {
    const planted = await page.locator("main :is(script, img, iframe, svg[onload], [onerror])").count();
    return planted === 0 ? ran : [...ran, `${planted} elements that nobody here has made`];
  };
}

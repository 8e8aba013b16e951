import "./design.css";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { fetchTheRest } from "./later.ts";
import { PageFault } from "./page-fault.tsx";
import { ToastLayer } from "./toast-layer.tsx";
import { startTooltips } from "./tooltip-layer.ts";

/** Puts an app on the page, with all that every app has around it. Called once, by the page's entry. */
export function startPage(app: ReactNode): void {
  const place = document.getElementById("app");
  if (place === null) throw new Error("the page has no element #app");
  createRoot(place).render(
    <StrictMode>
      {/* Our CSP lets no component write a style element. */}
      <CSPProvider disableStyleElements>
        <PageFault>{app}</PageFault>
        <ToastLayer />
      </CSPProvider>
    </StrictMode>,
  );
  startTooltips();
  fetchTheRest();
}

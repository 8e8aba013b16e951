import "./design.css";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ErrorBoundary } from "./error-boundary.tsx";
import { startPrefetching } from "./prefetch.ts";
import { ToastLayer } from "./toast-layer.tsx";
import { startTooltips } from "./tooltip-layer.ts";

/** Renders an app into the page, with toasts, tooltips and an error boundary. Called once, by the page's entry. */
export function startPage(app: ReactNode): void {
  const place = document.getElementById("app");
  if (place === null) throw new Error("the page has no element #app");
  createRoot(place).render(
    <StrictMode>
      {/* Our CSP lets no component write a style element. */}
      <CSPProvider disableStyleElements>
        <ErrorBoundary>{app}</ErrorBoundary>
        <ToastLayer />
      </CSPProvider>
    </StrictMode>,
  );
  startTooltips();
  startPrefetching();
}

import { CircleAlert } from "lucide-react";
import { Component, type ReactNode } from "react";
import { Button } from "./button.tsx";
import { EmptyState } from "./empty-state.tsx";

/** Shows a message in place of a blank page after an error in rendering. React logs the error. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override readonly state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    const reload = <Button onClick={() => location.reload()}>Load the page again</Button>;
    return (
      <main className="flex h-full">
        <EmptyState icon={CircleAlert} title="This page has met a fault" action={reload}>
          What you sent before is kept.
        </EmptyState>
      </main>
    );
  }
}

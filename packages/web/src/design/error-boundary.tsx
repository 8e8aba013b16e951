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
    const reload = <Button onClick={() => location.reload()}>Reload the page</Button>;
    return (
      <main className="flex h-full">
        <EmptyState icon={CircleAlert} title="Something went wrong on this page" action={reload}>
          Messages that you have sent are safe.
        </EmptyState>
      </main>
    );
  }
}

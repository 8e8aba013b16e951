import { type ComponentType, lazy, Suspense, useState } from "react";
import { prefetch } from "./prefetch.ts";

/** A dialog whose code is prefetched after the page, and that renders when it is first open. */
export function lazyDialog<P extends { readonly open: boolean }>(
  load: () => Promise<ComponentType<P>>,
): ComponentType<P> {
  const fetched = prefetch(load);
  const Loaded = lazy(async () => ({ default: await fetched() }));
  return function LazyDialog(props: P) {
    const [wasOpen, setWasOpen] = useState(props.open);
    if (props.open && !wasOpen) setWasOpen(true);
    if (!wasOpen) return null;
    return (
      <Suspense>
        <Loaded {...props} />
      </Suspense>
    );
  };
}

import { type ComponentType, lazy, Suspense, useState } from "react";
import { later } from "./later.ts";

/** A component that is fetched once the page is there, and drawn when it is first open. */
export function whenOpen<P extends { readonly open: boolean }>(
  load: () => Promise<ComponentType<P>>,
): ComponentType<P> {
  const fetched = later(load);
  const Loaded = lazy(async () => ({ default: await fetched() }));
  return function WhenOpen(props: P) {
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

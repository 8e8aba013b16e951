import { type ComponentType, lazy, Suspense, useState } from "react";
import { laterOn } from "./later.ts";

/** A component that is fetched when it is first open (or, before that, when the page has nothing else to do). */
export function whenOpen<P extends { readonly open: boolean }>(
  load: () => Promise<ComponentType<P>>,
): ComponentType<P> {
  const Loaded = lazy(async () => ({ default: await load() }));
  laterOn(load);
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

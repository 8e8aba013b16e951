import { cloneElement, lazy, Suspense, useState } from "react";
import type { MenuProps } from "./menu-popup.tsx";
import { prefetch } from "./prefetch.ts";

const load = prefetch(() => import("./menu-popup.tsx"));
const MenuPopup = lazy(async () => ({ default: (await load()).MenuPopup }));

export const MenuItem = lazy(async () => ({ default: (await load()).MenuItem }));
export const MenuLink = lazy(async () => ({ default: (await load()).MenuLink }));
export const MenuSeparator = lazy(async () => ({ default: (await load()).MenuSeparator }));

/** A menu whose code is prefetched after the page. */
export function Menu(props: MenuProps) {
  const [isRequested, setRequested] = useState(false);
  const closed = cloneElement(props.trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onClick: () => setRequested(true),
  });
  if (!isRequested) return closed;
  return (
    <Suspense fallback={closed}>
      <MenuPopup {...props} />
    </Suspense>
  );
}

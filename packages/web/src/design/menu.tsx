import { cloneElement, lazy, Suspense, useState } from "react";
import { later } from "./later.ts";
import type { MenuProps } from "./menu-popup.tsx";

const load = later(() => import("./menu-popup.tsx"));
const MenuPopup = lazy(async () => ({ default: (await load()).MenuPopup }));

export const MenuItem = lazy(async () => ({ default: (await load()).MenuItem }));
export const MenuLink = lazy(async () => ({ default: (await load()).MenuLink }));
export const MenuSeparator = lazy(async () => ({ default: (await load()).MenuSeparator }));

/** What it is made of is fetched once the page is there. */
export function Menu(props: MenuProps) {
  const [isWanted, setWanted] = useState(false);
  const closed = cloneElement(props.trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onClick: () => setWanted(true),
  });
  if (!isWanted) return closed;
  return (
    <Suspense fallback={closed}>
      <MenuPopup {...props} />
    </Suspense>
  );
}

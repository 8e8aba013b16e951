import { classNames } from "./class-names.ts";

/** Where something will be. Give it the size of what comes, and put `aria-busy` on what it stands in. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden className={classNames("block animate-breathe rounded-md bg-hover", className)} />;
}

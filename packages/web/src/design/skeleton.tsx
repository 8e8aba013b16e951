import { classNames } from "./class-names.ts";

/** A placeholder for content that is loading. Give it the size of the content, and its container `aria-busy`. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden className={classNames("block animate-breathe rounded-md bg-hover", className)} />;
}

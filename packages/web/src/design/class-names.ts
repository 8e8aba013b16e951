/** Joins the names that are set: `classNames("a", isOpen && "b")`. */
export function classNames(...names: readonly (string | false | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}

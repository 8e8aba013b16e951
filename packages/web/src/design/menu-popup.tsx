import { Menu as Base } from "@base-ui/react/menu";
import type { LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { classNames } from "./class-names.ts";

export interface MenuProps {
  /** The button that opens the menu. It needs an accessible name. */
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly align?: "start" | "center" | "end";
  /** `MenuItem`, `MenuLink` and `MenuSeparator`. */
  readonly children: ReactNode;
}

/** Opens at once, since it renders after the user has clicked the trigger. */
export function MenuPopup({ trigger, align = "end", children }: MenuProps) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={4} className="z-50">
          <Base.Popup className="flex min-w-44 flex-col rounded-lg border border-line bg-surface p-1 shadow-popup outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const ITEM =
  "flex h-8 items-center gap-2.5 rounded-md px-2 no-underline outline-none select-none data-highlighted:bg-hover data-disabled:opacity-50 max-md:h-10";

export interface MenuItemProps {
  readonly icon?: LucideIcon;
  readonly tone?: "danger";
  readonly disabled?: boolean;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

export function MenuItem({ icon: Icon, tone, disabled = false, onSelect, children }: MenuItemProps) {
  return (
    <Base.Item
      className={classNames(ITEM, tone === "danger" ? "text-danger" : "text-ink")}
      disabled={disabled}
      onClick={onSelect}
    >
      {Icon && <Icon aria-hidden className="size-4" />}
      {children}
    </Base.Item>
  );
}

export interface MenuLinkProps {
  readonly href: string;
  readonly icon?: LucideIcon;
  readonly current?: boolean;
  readonly children: ReactNode;
}

export function MenuLink({ href, icon: Icon, current = false, children }: MenuLinkProps) {
  return (
    <Base.LinkItem
      href={href}
      className={classNames(ITEM, current ? "font-medium text-accent-ink" : "text-ink")}
      {...(current && { "aria-current": "page" as const })}
    >
      {Icon && <Icon aria-hidden className="size-4" />}
      {children}
    </Base.LinkItem>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-line" />;
}

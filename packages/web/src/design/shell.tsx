import {
  ChevronDown,
  ListTodo,
  type LucideIcon,
  MessagesSquare,
  PanelLeft,
  RadioTower,
  SquareTerminal,
  StickyNote,
} from "lucide-react";
import { createContext, type MouseEvent, type ReactNode, useContext, useState } from "react";
import { PAGES, type PageName } from "../pages.ts";
import { Button, IconButton } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { Sheet } from "./dialog.tsx";
import { Logo } from "./logo.tsx";
import { Menu, MenuLink } from "./menu.tsx";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  chat: MessagesSquare,
  board: StickyNote,
  console: SquareTerminal,
  todo: ListTodo,
};

const Sidebar = createContext(() => {});

/** @returns closes the sidebar on a phone; for content that navigates without a link */
export function useCloseSidebar(): () => void {
  return useContext(Sidebar);
}

export interface SidebarProps {
  readonly label: string;
  readonly content: ReactNode;
  /** Shown beside the label: a button that adds to the list. */
  readonly action?: ReactNode;
}

export interface ShellProps {
  readonly page: PageName;
  /** The page's heading: a room or a list; by default the title of the page. */
  readonly title?: ReactNode;
  /** At the end of the header: the state of the connection, buttons, a menu. */
  readonly actions?: ReactNode;
  /** Across the page, below the header: `Banner`. */
  readonly banner?: ReactNode;
  /** A list beside the content. On a phone it slides in from the side, until the user follows a link in it or `useCloseSidebar` is called. */
  readonly sidebar?: SidebarProps;
  /** Fills the rest of the height, and scrolls inside of it. */
  readonly children: ReactNode;
}

/** The frame of every page: app switcher, heading, banner, sidebar, content. */
export function Shell({ page, title, actions, banner, sidebar, children }: ShellProps) {
  const [isOpen, setOpen] = useState(false);
  const name = PAGES.find((each) => each.name === page)?.title ?? "";
  const closeOnLink = ({ target }: MouseEvent) => {
    if (target instanceof Element && target.closest("a") !== null) setOpen(false);
  };
  return (
    <div className="flex h-full">
      <a
        href="#content"
        className="absolute top-2 left-2 z-10 -translate-y-16 rounded-md bg-accent px-3 py-1.5 text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      <Rail page={page} />
      {sidebar && (
        <aside
          aria-label={sidebar.label}
          className="flex w-64 shrink-0 flex-col border-line border-r bg-canvas max-md:hidden"
        >
          <header className="flex h-13 shrink-0 items-center justify-between gap-2 border-line border-b pr-2 pl-4">
            <h2 className="font-semibold">{sidebar.label}</h2>
            {sidebar.action}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto">{sidebar.content}</div>
        </aside>
      )}
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-13 shrink-0 items-center gap-2 border-line border-b bg-canvas pr-3 pl-5 max-md:px-2">
          <PhoneSwitcher page={page} name={name} isShort={title !== undefined} />
          {sidebar && (
            <IconButton
              icon={PanelLeft}
              label={sidebar.label}
              className="md:hidden"
              onClick={() => setOpen(true)}
            />
          )}
          <h1
            className={classNames(
              "min-w-0 flex-1 truncate text-lg font-semibold",
              title === undefined && "max-md:sr-only",
            )}
          >
            <bdi>{title ?? name}</bdi>
          </h1>
          {title === undefined && <span className="flex-1 md:hidden" />}
          {actions}
        </header>
        {banner}
        <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
          {children}
        </main>
      </div>
      {sidebar && (
        <Sidebar value={() => setOpen(false)}>
          <Sheet open={isOpen} onOpenChange={setOpen} title={sidebar.label} action={sidebar.action}>
            {/* biome-ignore lint/a11y: the keyboard clicks links, too. */}
            <div onClick={closeOnLink}>{sidebar.content}</div>
          </Sheet>
        </Sidebar>
      )}
    </div>
  );
}

function Rail({ page }: { readonly page: PageName }) {
  return (
    <nav
      aria-label="Apps"
      className="flex w-17 shrink-0 flex-col items-center gap-1 border-line border-r bg-sunken py-3 max-md:hidden"
    >
      <Logo className="mb-3 size-6 text-accent" />
      {PAGES.map(({ name, title, paths: [path] }) => {
        const Icon = ICONS[name] ?? RadioTower;
        const isCurrent = name === page;
        return (
          <a
            key={name}
            href={path}
            {...(isCurrent && { "aria-current": "page" as const })}
            className={classNames(
              "flex w-14 flex-col items-center gap-1 rounded-md py-1.5 text-xs no-underline transition-colors",
              isCurrent
                ? "bg-accent-soft font-medium text-accent-ink"
                : "text-muted hover:bg-hover hover:text-ink",
            )}
          >
            <Icon aria-hidden className="size-4.5" />
            {title}
          </a>
        );
      })}
    </nav>
  );
}

interface PhoneSwitcherProps {
  readonly page: PageName;
  readonly name: string;
  /** Hides the name of the app, since the heading shows another title. */
  readonly isShort: boolean;
}

function PhoneSwitcher({ page, name, isShort }: PhoneSwitcherProps) {
  const Icon = ICONS[page] ?? RadioTower;
  const trigger = (
    <Button
      variant="quiet"
      aria-label={`${name}: switch app`}
      className="px-2 text-lg font-semibold md:hidden"
    >
      <Icon aria-hidden className="size-4.5 text-accent-ink" />
      {!isShort && name}
      <ChevronDown aria-hidden className="size-4 text-muted" />
    </Button>
  );
  return (
    <Menu trigger={trigger} align="start">
      {PAGES.map((each) => (
        <MenuLink
          key={each.name}
          href={each.paths[0]}
          icon={ICONS[each.name] ?? RadioTower}
          current={each.name === page}
        >
          {each.title}
        </MenuLink>
      ))}
    </Menu>
  );
}

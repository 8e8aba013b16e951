import { Activity, Download, Eraser, History, ListFilter, Pause, Play, Square } from "lucide-react";
import { useState } from "react";
import { Button, classNames, IconButton, TextField } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import { isFiltered } from "./filter.ts";
import type { Log, LogView } from "./log.ts";
import { download, exportName, ndjsonOf } from "./ndjson.ts";
import type { Replay } from "./replay.ts";
import { Select } from "./select.tsx";
import type { Subscriptions } from "./subscriptions.ts";

/** The field that `/` focuses. */
export const FILTER_FIELD = "console-filter";

export interface ToolbarProps {
  readonly log: Log;
  readonly view: LogView;
  readonly subscriptions: Subscriptions;
  readonly replay: Replay;
  readonly onReplay: () => void;
}

export function Toolbar({ log, view, subscriptions, replay, onReplay }: ToolbarProps) {
  const { filter } = view;
  const [isOpen, setOpen] = useState(false);
  const replaying = useStore(replay.state);
  return (
    <section
      aria-label="Log controls"
      className="flex shrink-0 flex-wrap items-center gap-2 border-line border-b bg-surface px-3 py-2 max-md:gap-1"
    >
      <IconButton
        icon={ListFilter}
        label="Filter"
        aria-expanded={isOpen}
        aria-pressed={isFiltered(filter)}
        className="md:hidden"
        onClick={() => setOpen(!isOpen)}
      />
      <div
        className={classNames(
          "flex min-w-0 flex-1 items-center gap-2 max-md:order-last max-md:basis-full max-md:flex-wrap",
          !isOpen && "max-md:hidden",
        )}
      >
        <div className="flex min-w-32 flex-1 max-md:basis-full" data-field={FILTER_FIELD}>
          <TextField
            label="Filter by text"
            labelHidden
            type="search"
            placeholder="Filter by text"
            value={filter.text}
            onValue={(text) => log.filter({ ...filter, text })}
          />
        </div>
        <div className="flex w-40 min-w-0 max-md:flex-1">
          <Select
            label="Filter by room"
            value={filter.room}
            onValue={(room) => log.filter({ ...filter, room })}
            options={choices("All rooms", view.rooms, filter.room)}
          />
        </div>
        <div className="flex w-32 min-w-0 max-md:flex-1">
          <Select
            label="Filter by type"
            value={filter.type}
            onValue={(type) => log.filter({ ...filter, type })}
            options={choices("All types", view.types, filter.type)}
          />
        </div>
      </div>
      <span className="flex-1 md:hidden" />
      <IconButton
        icon={Activity}
        label="Show events such as typing, from now on"
        aria-pressed={filter.events}
        onClick={() => log.filter({ ...filter, events: !filter.events })}
      />
      {replaying === undefined ? (
        <IconButton icon={History} label="Replay from an offset" onClick={onReplay} />
      ) : (
        <Button size="sm" icon={Square} onClick={() => replay.stop()}>
          Stop replay
        </Button>
      )}
      <IconButton
        icon={Download}
        label="Export as NDJSON"
        disabled={!view.lines.some(({ kind }) => kind !== "note")}
        onClick={() => download(ndjsonOf(view.lines), exportName(new Date()))}
      />
      <IconButton
        icon={Eraser}
        label="Clear"
        disabled={view.total === 0 && view.buffered === 0}
        onClick={() => subscriptions.clear()}
      />
      {view.isPaused ? (
        <Button variant="primary" icon={Play} onClick={() => log.resume()}>
          Resume
          <span className="tabular-nums">
            {view.buffered > 0 && ` ${view.buffered.toLocaleString("en")}`}
          </span>
          {view.buffered > 0 && <span className="sr-only"> new lines</span>}
        </Button>
      ) : (
        <Button icon={Pause} onClick={() => log.pause()}>
          Pause
        </Button>
      )}
    </section>
  );
}

function choices(all: string, names: readonly string[], chosen: string) {
  const known = chosen === "" || names.includes(chosen) ? names : [...names, chosen];
  return [{ value: "", label: all }, ...[...known].sort().map((value) => ({ value, label: value }))];
}

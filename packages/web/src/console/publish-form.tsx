import { useFanfare } from "@fanfare/client/react";
import { ChevronDown, History, Send } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useId, useMemo, useState } from "react";
import {
  Button,
  classNames,
  IconButton,
  Kbd,
  Menu,
  MenuItem,
  Segmented,
  TextArea,
  TextField,
} from "../design/index.ts";
import { bytesOf, type Draft, errorsOf, MOST_BYTES, pastDrafts, readDraft, rememberDraft } from "./draft.ts";

export interface PublishFormProps {
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  /** Suggestions for the room. */
  readonly rooms: readonly string[];
}

type Outcome =
  | { readonly status: "sending" }
  | { readonly status: "stored" | "refused"; readonly text: string };

/** Publishes a message to a room. The fields keep their values, to be sent again with a change. */
export function PublishForm({ draft, onDraft, rooms }: PublishFormProps) {
  const id = useId();
  const client = useFanfare();
  const [isOpen, setOpen] = useState(() => matchMedia("(min-width: 768px)").matches);
  const [isTried, setTried] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const [past, setPast] = useState(pastDrafts);
  // Parsing a long text on every keystroke may take longer than a frame.
  const settled = useDeferredValue(draft);
  const errors = useMemo(() => errorsOf(settled), [settled]);
  const bytes = useMemo(() => {
    const reading = readDraft(settled);
    return bytesOf(reading.ok ? reading.json : settled.text);
  }, [settled]);

  const change = (part: Partial<Draft>) => {
    onDraft({ ...draft, ...part });
    setOutcome(undefined);
  };
  const publish = async () => {
    setTried(true);
    const reading = readDraft(draft);
    const { room, type, text } = errorsOf(draft);
    if (room !== undefined || type !== undefined || text !== undefined || !reading.ok) return;
    if (bytesOf(reading.json) > MOST_BYTES) return;
    setTried(false);
    setPast(rememberDraft(draft));
    setOutcome({ status: "sending" });
    try {
      const { offset } = await client.room(draft.room).publish(draft.type, reading.data);
      setOutcome({ status: "stored", text: `Published to ${draft.room} at offset ${offset}` });
    } catch (error) {
      setOutcome({ status: "refused", text: `Refused: ${error instanceof Error ? error.message : error}` });
    }
  };
  const handleKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void publish();
  };
  return (
    <form
      aria-label="Publish"
      onSubmit={(event) => {
        event.preventDefault();
        void publish();
      }}
      onKeyDown={handleKey}
      className="shrink-0 border-line border-t bg-canvas"
    >
      <div className="flex items-center gap-2 px-3 pt-1.5 max-md:pb-1.5">
        <Button
          variant="quiet"
          size="sm"
          aria-expanded={isOpen}
          aria-controls={`${id}-fields`}
          className="-ml-1 max-md:h-10"
          onClick={() => setOpen(!isOpen)}
        >
          <ChevronDown aria-hidden className={classNames("size-4 text-muted", !isOpen && "-rotate-90")} />
          Publish
        </Button>
        <Outcome outcome={outcome} />
        {isOpen && outcome === undefined && (
          <span aria-hidden className="text-xs text-muted max-md:hidden">
            <Kbd>Ctrl ↵</Kbd> publishes
          </span>
        )}
      </div>
      <div
        id={`${id}-fields`}
        hidden={!isOpen}
        className="flex flex-col gap-2 px-3 pt-1 pb-3 [&[hidden]]:hidden"
      >
        <div className="flex items-start gap-2 max-md:flex-wrap">
          <div className="flex min-w-0 flex-1 max-md:basis-32">
            <TextField
              label="Room to publish to"
              labelHidden
              placeholder="Room"
              list={`${id}-rooms`}
              autoCapitalize="off"
              autoComplete="off"
              autoCorrect="off"
              spellCheck={false}
              value={draft.room}
              error={isTried ? errors.room : undefined}
              onValue={(room) => change({ room: room.normalize("NFC") })}
            />
          </div>
          <datalist id={`${id}-rooms`}>
            {rooms.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <div className="flex w-40 min-w-0 max-md:w-28">
            <TextField
              label="Type"
              labelHidden
              placeholder="Type"
              autoCapitalize="off"
              autoComplete="off"
              autoCorrect="off"
              spellCheck={false}
              value={draft.type}
              error={isTried || draft.type !== "" ? errors.type : undefined}
              onValue={(type) => change({ type })}
            />
          </div>
          <Segmented
            label="Data as"
            value={draft.mode}
            onValue={(mode) => change({ mode })}
            options={[
              { value: "json", label: "JSON" },
              { value: "text", label: "Text" },
            ]}
          />
          <PastDrafts
            drafts={past}
            onChoose={(chosen) => {
              onDraft(chosen);
              setOutcome(undefined);
            }}
          />
        </div>
        <div className="flex items-start gap-2">
          <TextArea
            label={draft.mode === "json" ? "Data, JSON" : "Data, text"}
            labelHidden
            placeholder={draft.mode === "json" ? '{ "hello": "world" }' : "Any text"}
            spellCheck={false}
            autoCapitalize="off"
            value={draft.text}
            limit={MOST_BYTES}
            used={bytes}
            error={isTried || draft.text !== "" ? errors.text : undefined}
            onValue={(text) => change({ text })}
            className="max-h-40 font-mono text-sm md:min-h-16"
          />
          <Button type="submit" variant="primary" icon={Send} className="max-md:px-2.5">
            <span className="max-md:sr-only">Publish</span>
          </Button>
        </div>
      </div>
    </form>
  );
}

function Outcome({ outcome }: { readonly outcome: Outcome | undefined }) {
  const isRefused = outcome?.status === "refused";
  return (
    <p
      role="status"
      className={classNames(
        "min-w-0 flex-1 text-right text-sm break-words",
        isRefused ? "text-danger" : "text-muted",
      )}
    >
      {outcome?.status === "sending" && "Waiting for the server…"}
      {outcome !== undefined && outcome.status !== "sending" && outcome.text}
    </p>
  );
}

function PastDrafts({
  drafts,
  onChoose,
}: {
  readonly drafts: readonly Draft[];
  readonly onChoose: (draft: Draft) => void;
}) {
  if (drafts.length === 0) return <IconButton icon={History} label="Nothing published yet" disabled />;
  return (
    <Menu trigger={<IconButton icon={History} label="Published before" />}>
      {drafts.slice(0, 12).map((draft) => (
        <MenuItem key={JSON.stringify(draft)} onSelect={() => onChoose(draft)}>
          <span className="flex w-72 max-w-[75vw] gap-2 text-sm">
            <b className="max-w-28 truncate font-medium">{draft.room}</b>
            <span className="max-w-20 truncate text-muted">{draft.type}</span>
            <span className="min-w-0 flex-1 truncate font-mono">{draft.text.slice(0, 80)}</span>
          </span>
        </MenuItem>
      ))}
    </Menu>
  );
}

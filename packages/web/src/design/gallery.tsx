import { Bell, Mailbox, MoreHorizontal, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import {
  Avatar,
  Badge,
  Banner,
  BannerDetail,
  Button,
  Checkbox,
  ConfirmDialog,
  CopyButton,
  Dialog,
  DialogActions,
  EmptyState,
  IconButton,
  Kbd,
  Menu,
  MenuItem,
  MenuLink,
  MenuSeparator,
  notify,
  Segmented,
  Shell,
  Skeleton,
  Status,
  TextArea,
  TextField,
} from "./index.ts";

const NAMES = [
  "Ada Lovelace",
  "Grace Hopper",
  "linus",
  "Ünal Öz",
  "李 明",
  "🎺",
  "bot-7",
  "x",
  "Mary",
  "tim b.",
];
const SIZES = [
  { value: "json", label: "JSON" },
  { value: "text", label: "Text" },
] as const;

/** Every piece of the design in one place: for the tests, and to look at. No page of the server. */
export function Gallery() {
  const [name, setName] = useState("Ada");
  const [text, setText] = useState("");
  const [kind, setKind] = useState<"json" | "text">("json");
  const [isDone, setDone] = useState(true);
  const [isAsking, setAsking] = useState(false);
  const [isConfirming, setConfirming] = useState(false);
  return (
    <Shell
      page="board"
      title="Gallery"
      sidebar={{
        label: "Rooms",
        content: <Rooms />,
        action: <IconButton icon={Plus} label="Create a room" size="sm" />,
      }}
      banner={
        <Banner tone="caution" action={<Button size="sm">Try now</Button>}>
          You are offline.<BannerDetail>Trying again in 3 s.</BannerDetail>
        </Banner>
      }
      actions={
        <>
          <Status tone="positive" compact>
            Online
          </Status>
          <IconButton icon={Bell} label="Notify me" shortcut="N" />
          <Menu trigger={<IconButton icon={MoreHorizontal} label="More" />}>
            <MenuItem icon={Pencil} onSelect={() => setAsking(true)}>
              Rename
            </MenuItem>
            <MenuLink href="/feed/test">Feed test</MenuLink>
            <MenuSeparator />
            <MenuItem icon={Trash2} tone="danger" onSelect={() => setConfirming(true)}>
              Delete
            </MenuItem>
          </Menu>
        </>
      }
    >
      <div className="flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto p-5">
        <div className="flex flex-wrap items-center gap-2">
          <Button variant="primary" onClick={() => setAsking(true)}>
            Ask
          </Button>
          <Button
            onClick={() =>
              notify({ title: "Ada has renamed the list", description: "Groceries is now Food", timeout: 0 })
            }
          >
            Notify
          </Button>
          <Button variant="quiet">Quiet</Button>
          <Button variant="danger" onClick={() => setConfirming(true)}>
            Delete
          </Button>
          <Button disabled>Disabled</Button>
          <CopyButton text="hello">Copy link</CopyButton>
          <Kbd>Ctrl K</Kbd>
          <Segmented label="Kind" value={kind} onValue={setKind} options={SIZES} />
          <Checkbox label="Done" checked={isDone} onCheckedChange={setDone} round />
          <Checkbox label="Chosen" checked={!isDone} onCheckedChange={(next) => setDone(!next)} />
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Badge>7</Badge>
          <Badge tone="accent">12</Badge>
          <Badge tone="positive">kept</Badge>
          <Badge tone="caution">pending</Badge>
          <Badge tone="danger">failed</Badge>
          <Status tone="caution" busy>
            Reconnecting
          </Status>
          <Status tone="danger">Refused</Status>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          {NAMES.map((each) => (
            <Avatar key={each} name={each} size="lg" />
          ))}
        </div>
        <div className="grid max-w-2xl gap-4 sm:grid-cols-2">
          <TextField label="Name" hint="Shown to everyone." value={name} limit={20} onValue={setName} />
          <TextField label="Room" error="This room is full." value="lobby" onValue={() => {}} />
          <TextArea label="Message" placeholder="Write something" value={text} onValue={setText} />
        </div>
        <div aria-busy className="flex max-w-sm flex-col gap-2">
          <Skeleton className="h-4 w-1/2" />
          <Skeleton className="h-4" />
        </div>
        <EmptyState
          icon={Mailbox}
          title="No rooms yet"
          action={<Button variant="primary">Create a room</Button>}
        >
          A room is there as soon as someone writes in it.
        </EmptyState>
      </div>
      <Dialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Rename"
        description="Everyone sees the new name."
      >
        <TextField label="New name" value={name} onValue={setName} />
        <DialogActions>
          <Button onClick={() => setAsking(false)}>Cancel</Button>
          <Button variant="primary" onClick={() => setAsking(false)}>
            Rename
          </Button>
        </DialogActions>
      </Dialog>
      <ConfirmDialog
        open={isConfirming}
        onOpenChange={setConfirming}
        title="Delete this list?"
        description="Its 12 to-dos go with it."
        confirm="Delete list"
        onConfirm={() => notify({ title: "Deleted" })}
      />
    </Shell>
  );
}

function Rooms() {
  return (
    <ul className="flex flex-col gap-0.5 p-2">
      {["lobby", "random", "release"].map((room) => (
        <li key={room}>
          <a
            href={`#${room}`}
            className="flex h-8 items-center justify-between rounded-md px-2.5 text-ink no-underline hover:bg-hover max-md:h-10"
          >
            {room}
            <Badge tone="accent">3</Badge>
          </a>
        </li>
      ))}
    </ul>
  );
}

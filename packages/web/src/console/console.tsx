import { Code, RadioTower } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { Button, EmptyState, IconButton, Shell } from "../design/index.ts";
import type { Identity } from "../identity/identity.ts";
import { OriginBanner } from "../identity/origin-banner.tsx";
import { SessionBanner } from "../identity/session-banner.tsx";
import { GuestSignIn } from "../identity/sign-in-link.tsx";
import { useStore } from "../state/store.ts";
import { AddRoom } from "./add-room.tsx";
import { ConnectionBanner, ConnectionStatus } from "./connection-status.tsx";
import { CopyDialog } from "./copy-dialog.tsx";
import { type Draft, EMPTY_DRAFT, pastDrafts, storeDraft, storedDraft } from "./draft.ts";
import type { Log } from "./log.ts";
import { LogView } from "./log-view.tsx";
import { MembersDialog } from "./members-dialog.tsx";
import { PublishForm } from "./publish-form.tsx";
import type { Replay } from "./replay.ts";
import { ReplayDialog, type ReplayStart } from "./replay-dialog.tsx";
import { RoomList } from "./room-list.tsx";
import type { Subscriptions } from "./subscriptions.ts";
import { Toolbar } from "./toolbar.tsx";

export interface ConsoleProps {
  readonly log: Log;
  readonly subscriptions: Subscriptions;
  readonly replay: Replay;
  readonly identity: Identity;
  /** Differs between users. */
  readonly userKey: string;
}

/** The pub/sub console: a log of rooms and patterns, and a form to publish. */
export function Console({ log, subscriptions, replay, identity, userKey }: ConsoleProps) {
  const list = useStore(subscriptions.list);
  const view = useStore(log.view);
  const [edited, setDraft] = useState<Draft | undefined>(() => storedDraft(userKey) ?? pastDrafts()[0]);
  useEffect(() => {
    if (edited !== undefined) storeDraft(userKey, edited);
  }, [userKey, edited]);
  const [isCopying, setCopying] = useState(false);
  const [membersOf, setMembersOf] = useState<string>();
  const [replayStart, setReplayStart] = useState<ReplayStart>();
  const firstRoom = list.find(({ isPattern }) => !isPattern)?.name ?? "";
  const draft = edited ?? { ...EMPTY_DRAFT, room: firstRoom };
  const replayFrom = useCallback((room: string, offset: number) => void replay.run(room, offset), [replay]);
  return (
    <Shell
      page="console"
      banner={
        <>
          <OriginBanner identity={identity}>
            <ConnectionBanner />
          </OriginBanner>
          <SessionBanner identity={identity} />
        </>
      }
      actions={
        <>
          <ConnectionStatus />
          <GuestSignIn identity={identity} />
          <Button size="sm" icon={Code} className="max-md:hidden" onClick={() => setCopying(true)}>
            Copy as code
          </Button>
          <IconButton
            icon={Code}
            label="Copy as code"
            className="md:hidden"
            onClick={() => setCopying(true)}
          />
        </>
      }
      sidebar={{
        label: "Rooms",
        content: (
          <RoomList
            list={list}
            view={view}
            log={log}
            subscriptions={subscriptions}
            onMembers={setMembersOf}
          />
        ),
      }}
    >
      <Toolbar
        log={log}
        view={view}
        subscriptions={subscriptions}
        replay={replay}
        onReplay={() => setReplayStart({ room: view.filter.room || firstRoom, from: 1 })}
      />
      {list.length === 0 && view.total === 0 ? (
        <EmptyState
          icon={RadioTower}
          title="Listen to a room"
          action={
            <div className="w-72 max-w-full text-start">
              <AddRoom subscriptions={subscriptions} label="Room or pattern to listen to" />
            </div>
          }
        >
          Enter a room, such as chat:lobby, or a pattern, such as orders.* or * for all rooms. Its messages
          appear here.
        </EmptyState>
      ) : (
        <LogView
          log={log}
          view={view}
          list={list}
          subscriptions={subscriptions}
          replay={replay}
          onReplay={replayFrom}
          onReuse={setDraft}
        />
      )}
      <PublishForm
        draft={draft}
        onDraft={setDraft}
        rooms={[
          ...new Set([...list.filter((each) => !each.isPattern).map(({ name }) => name), ...view.rooms]),
        ]}
      />
      <CopyDialog
        open={isCopying}
        onOpenChange={setCopying}
        names={list.map(({ name }) => name)}
        draft={draft}
      />
      <MembersDialog room={membersOf} onClose={() => setMembersOf(undefined)} />
      <ReplayDialog
        start={replayStart}
        onClose={() => setReplayStart(undefined)}
        rooms={view.rooms.filter((name) => !name.endsWith("*"))}
        onReplay={replayFrom}
      />
    </Shell>
  );
}

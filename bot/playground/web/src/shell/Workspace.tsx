import { useEffect, useMemo, useRef, useState } from "react";
import type { ComposerHandle } from "../composer/Composer";
import { actionsOf } from "../live/api";
import { type Directory, DirectoryProvider } from "../live/context";
import { nameOf } from "../live/names";
import { withNotices } from "../live/notices";
import type { Command, GuideStep, Workspace } from "../live/types";
import type { Address, Go } from "../live/useAddress";
import { useUnread } from "../live/useUnread";
import type { Live } from "../live/useWorkspace";
import { ThreadPane } from "../messages/ThreadPane";
import { ConfirmProvider } from "../modal/ConfirmDialog";
import { ModalStack } from "../modal/ModalStack";
import { ChannelPane } from "./ChannelPane";
import { Examples } from "./Examples";
import { Guide } from "./Guide";
import { Home } from "./Home";
import { Notices } from "./Notices";
import { press, pressSoon } from "./press";
import { Sidebar } from "./Sidebar";
import { TopBar } from "./TopBar";
import { useOffer } from "./useOffer";

interface WorkspaceViewProps {
  workspace: Workspace;
  live: Live;
  address: Address;
  go: Go;
}

export function WorkspaceView({ workspace, live, address, go }: WorkspaceViewProps) {
  const directory = useDirectoryOf(workspace, go, live.notify);
  const composer = useRef<ComposerHandle>(null);
  const [sidebar, setSidebar] = useState(false);

  const channel = workspace.channels.find(({ id }) => id === address.channel) ?? workspace.channels[0];
  const shown = address.home ? null : (channel?.id ?? null);
  const thread = shown ? address.thread : null;
  const unread = useUnread(workspace, shown);
  const examples = useOffer(thread !== null);
  const messages = useMemo(
    () => withNotices(workspace.messages[channel?.id ?? ""] ?? [], live.notices, channel?.id ?? ""),
    [workspace.messages, live.notices, channel?.id],
  );
  const commands = useMemo(() => [...workspace.commands, INVITE], [workspace.commands]);
  const pins = workspace.pins[channel?.id ?? ""] ?? NO_PINS;

  useEffect(() => {
    document.title = `${shown && channel ? nameOf(channel, directory) : directory.appName} · ${workspace.team.name}`;
  }, [shown, channel, directory, workspace.team.name]);
  useEffect(() => setSidebar(false), [address]);

  const run = (command: string) => {
    if (address.home) go({ home: false });
    // The composer may only be there after the next paint.
    requestAnimationFrame(() => composer.current?.submit(command));
    examples.stepAside();
  };

  const take = async ({ types, presses = [] }: GuideStep) => {
    if (types) run(types);
    const taken = types !== undefined || press(presses) || (openNewestThread() && (await pressSoon(presses)));
    if (!taken) live.notify(`There is no button “${presses[0]}” yet: take the steps before.`);
    return taken;
  };

  /** What the bot's first message does not offer is in its thread. */
  const openNewestThread = () => {
    const newest = messages.findLast(({ thread_ts: of, ts }) => of && of !== ts)?.thread_ts;
    if (newest) go({ thread: newest, home: false });
    return newest !== undefined;
  };

  return (
    <DirectoryProvider value={directory}>
      <ConfirmProvider>
        <TopBar
          workspace={workspace}
          connected={live.connected}
          go={go}
          onSidebar={() => setSidebar(!sidebar)}
          onExamples={examples.available && !examples.open ? examples.show : undefined}
        />
        <div className={sidebar ? "workspace sidebar-open" : "workspace"}>
          <Sidebar workspace={workspace} shown={shown} home={address.home} unread={unread} go={go} />
          {address.home || !channel ? (
            <Home view={workspace.home} />
          ) : (
            <ChannelPane
              channel={channel}
              messages={messages}
              pins={pins}
              commands={commands}
              globalShortcuts={workspace.shortcuts.filter(({ type }) => type === "global")}
              at={thread ? null : address.at}
              composer={composer}
              guide={examples.offer && <Guide steps={examples.offer.steps} onStep={take} />}
            />
          )}
          {channel && thread && (
            <ThreadPane root={thread} channel={channel} messages={messages} pins={pins} at={address.at} />
          )}
          {examples.open && examples.offer && <Examples offer={examples.offer} onRun={run} onClose={examples.hide} />}
        </div>
        <ModalStack views={workspace.views} errors={live.viewErrors} />
        <Notices notices={live.notices} onDismiss={live.dismiss} />
      </ConfirmProvider>
    </DirectoryProvider>
  );
}

const NO_PINS: string[] = [];
/** Slack's own, and needed here: nobody else lets the app into a channel. */
const INVITE: Command = { command: "/invite", description: "Add somebody to this channel", usage_hint: "@name" };

function useDirectoryOf(
  { team, me, users, channels, shortcuts, app }: Workspace,
  go: Go,
  notify: Live["notify"],
): Directory {
  const actions = useMemo(() => actionsOf(me.id), [me.id]);
  return useMemo(
    () => ({
      me,
      botUserId: app.bot_user_id,
      appName: app.name,
      domain: team.domain,
      users: new Map(users.map((user) => [user.id, user])),
      channels: new Map(channels.map((channel) => [channel.id, channel])),
      messageShortcuts: shortcuts.filter(({ type }) => type === "message"),
      actions,
      go,
      notify,
    }),
    [team, me, users, channels, shortcuts, app, actions, go, notify],
  );
}

import { type ReactNode, type Ref, useMemo, useState } from "react";
import { Composer, type ComposerHandle } from "../composer/Composer";
import { useDirectory } from "../live/context";
import { nameOf } from "../live/names";
import type { Channel, Command, Message, Shortcut } from "../live/types";
import { MessageList } from "../messages/MessageList";
import { rootsOf, summarize } from "../messages/thread";
import { AppTabs } from "./AppTabs";
import { ChannelHeader } from "./ChannelHeader";

interface ChannelPaneProps {
  channel: Channel;
  messages: Message[];
  pins: string[];
  commands: Command[];
  globalShortcuts: Shortcut[];
  at: string | null;
  composer: Ref<ComposerHandle>;
  /** Stands above a channel's messages. */
  guide?: ReactNode;
}

export function ChannelPane(props: ChannelPaneProps) {
  const { channel, messages, pins, commands, globalShortcuts, at, composer, guide } = props;
  const roots = useMemo(() => rootsOf(messages), [messages]);
  const replies = useMemo(() => summarize(messages), [messages]);
  const label = nameOf(channel, useDirectory());
  const [sent, setSent] = useState(0);
  return (
    <main className="pane" aria-label={label}>
      {channel.is_im ? (
        <AppTabs current="messages" />
      ) : (
        <ChannelHeader channel={channel} messages={messages} pins={pins} />
      )}
      {!channel.is_im && guide}
      <MessageList
        key={channel.id}
        messages={roots}
        channel={channel.id}
        label={`Messages in ${label}`}
        pins={pins}
        replies={replies}
        at={at}
        sent={sent}
        intro={<p className="intro">This is the very beginning of {label}.</p>}
      />
      <Composer
        key={`composer-${channel.id}`}
        handle={composer}
        channel={channel.id}
        label={`Message ${label}`}
        commands={commands}
        globalShortcuts={globalShortcuts}
        onSend={() => setSent((count) => count + 1)}
      />
    </main>
  );
}

import { useState } from "react";
import { Composer } from "../composer/Composer";
import { useDirectory } from "../live/context";
import { nameOf } from "../live/names";
import type { Channel, Message } from "../live/types";
import { MessageList } from "./MessageList";
import { repliesOf } from "./thread";

interface ThreadPaneProps {
  root: string;
  channel: Channel;
  messages: Message[];
  pins: string[];
  at: string | null;
}

export function ThreadPane({ root, channel, messages, pins, at }: ThreadPaneProps) {
  const directory = useDirectory();
  const { go } = directory;
  const [sent, setSent] = useState(0);
  const name = nameOf(channel, directory);
  const parent = messages.filter(({ ts }) => ts === root);
  const replies = repliesOf(messages, root);
  return (
    <aside className="thread" data-testid="thread" aria-label="Thread">
      <header className="pane-header">
        <div>
          <h2>Thread</h2>
          <span className="pane-sub">{name}</span>
        </div>
        <button type="button" className="icon-button" aria-label="Close thread" onClick={() => go({ thread: null })}>
          ✕
        </button>
      </header>
      <MessageList
        key={root}
        messages={[...parent, ...replies]}
        channel={channel.id}
        label={`Thread in ${name}`}
        pins={pins}
        root={root}
        at={at}
        sent={sent}
      />
      <Composer
        key={`composer-${root}`}
        channel={channel.id}
        thread={root}
        label={`Reply to thread in ${name}`}
        onSend={() => setSent((count) => count + 1)}
      />
    </aside>
  );
}

import { useRef, useState } from "react";
import { useDirectory } from "../live/context";
import type { Channel, Message } from "../live/types";
import { toTyped } from "../text/typed";
import { Mark } from "./Mark";
import { Menu, type MenuItem } from "./Menu";
import { ChannelMark } from "./Sidebar";

const PREVIEW = 90;

interface ChannelHeaderProps {
  channel: Channel;
  messages: Message[];
  pins: string[];
}

export function ChannelHeader({ channel, messages, pins }: ChannelHeaderProps) {
  const directory = useDirectory();
  const { users, go } = directory;

  const members = channel.members.map((id): MenuItem => {
    const user = users.get(id);
    const detail = user?.is_bot ? "app" : user?.real_name;
    return { key: id, label: user?.name ?? id, ...(detail && { detail }), onChoose: () => undefined };
  });
  const pinned = pins.map((ts): MenuItem => {
    const message = messages.find((candidate) => candidate.ts === ts);
    const thread = message?.thread_ts && message.thread_ts !== ts ? message.thread_ts : null;
    const text = message ? toTyped(message.text, directory) : ts;
    return { key: ts, label: text.slice(0, PREVIEW) || "Message", onChoose: () => go({ at: ts, thread }) };
  });

  return (
    <header className="pane-header">
      <div className="channel-title">
        <h1>
          <ChannelMark channel={channel} />
          {channel.name}
        </h1>
        {channel.is_ext_shared && <span className="badge">Shared with another company</span>}
        <span className="pane-sub" title={channel.topic}>
          {channel.topic}
        </span>
      </div>
      <HeaderMenu label="Members" mark="people" items={members} />
      {pinned.length > 0 && <HeaderMenu label="Pinned messages" mark="pin" items={pinned} />}
    </header>
  );
}

function HeaderMenu({ label, mark, items }: { label: string; mark: "people" | "pin"; items: MenuItem[] }) {
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className="icon-button"
        aria-label={`${label}: ${items.length}`}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Mark of={mark} /> {items.length}
      </button>
      {open && <Menu anchor={trigger} label={label} items={items} alignRight onClose={() => setOpen(false)} />}
    </>
  );
}

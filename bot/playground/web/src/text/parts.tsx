/** The pieces that mrkdwn and rich text share. */
import type { MouseEvent, ReactNode } from "react";
import { useDirectory } from "../live/context";
import { readPermalink } from "../live/useAddress";
import { formatDate, fullTimeOf } from "./dates";
import { emojiOf } from "./emoji";

export function Emoji({ name }: { name: string }) {
  const char = emojiOf(name);
  if (!char) return `:${name}:`;
  return (
    <span className="emoji" role="img" aria-label={`${name.replaceAll("_", " ")} emoji`} title={`:${name}:`}>
      {char}
    </span>
  );
}

/** A link out; one to a message of this workspace stays inside the page. */
export function Link({ url, children }: { url: string; children: ReactNode }) {
  const { go, domain } = useDirectory();
  const inside = readPermalink(url, domain);
  const onClick = (event: MouseEvent) => {
    if (!inside || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    go({ ...inside, home: false });
  };
  if (!/^(https?|mailto):/i.test(url)) return children;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener" onClick={onClick}>
      {children}
    </a>
  );
}

export function Mention({ kind, id, label }: { kind: "user" | "channel"; id: string; label?: string }) {
  const { me, users, channels, go } = useDirectory();
  if (kind === "user") {
    const name = users.get(id)?.name ?? label ?? id;
    return <span className={id === me.id ? "mention mention-me" : "mention"}>@{name}</span>;
  }
  const channel = channels.get(id);
  const name = channel?.name ?? label ?? id;
  if (!channel) return <span className="mention">#{name}</span>;
  return (
    <button type="button" className="mention" onClick={() => go({ channel: id, thread: null, home: false })}>
      #{name}
    </button>
  );
}

export function GroupMention({ name }: { name: string }) {
  return <span className="mention mention-me">{name}</span>;
}

interface DateTimeProps {
  timestamp: number;
  format: string;
  fallback?: string | undefined;
  url?: string | undefined;
}

export function DateTime({ timestamp, format, fallback, url }: DateTimeProps) {
  const shown = formatDate(timestamp, format);
  if (shown === undefined) return fallback ?? String(timestamp);
  const date = new Date(timestamp * 1000);
  const time = (
    <time dateTime={date.toISOString()} title={fullTimeOf(date)}>
      {shown}
    </time>
  );
  return url ? <Link url={url}>{time}</Link> : time;
}

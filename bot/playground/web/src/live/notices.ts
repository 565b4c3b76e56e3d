/** Pure: notices among the messages of their channel. */
import type { Message, Notice } from "./types";

export function withNotices(messages: Message[], notices: Notice[], channel: string): Message[] {
  const here = notices.filter((notice) => notice.channel === channel);
  if (here.length === 0) return messages;
  return [...messages, ...here.map(messageOf)].toSorted((one, other) => Number(one.ts) - Number(other.ts));
}

function messageOf({ id, ts, text }: Notice): Message {
  return {
    type: "message",
    subtype: "notice",
    username: "Slackbot",
    text,
    ts,
    is_ephemeral: true,
    ephemeral_id: `notice-${id}`,
  };
}

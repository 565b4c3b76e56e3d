/** Pure: which messages stand where. */
import type { Message } from "../live/types";
import { dateOfTs, sameDay } from "../text/dates";

const GROUP_SECONDS = 300;

function isReply({ ts, thread_ts: thread }: Message): boolean {
  return thread !== undefined && thread !== ts;
}

/** What the channel itself shows: no replies but those also sent to the channel. */
export function rootsOf(messages: Message[]): Message[] {
  return messages.filter((message) => !isReply(message) || message.subtype === "thread_broadcast");
}

export function repliesOf(messages: Message[], root: string): Message[] {
  return messages.filter((message) => isReply(message) && message.thread_ts === root);
}

export interface ReplySummary {
  count: number;
  latest: string;
  people: string[];
}

/** By root: "3 replies, last …". Replies that only one person sees are not counted. */
export function summarize(messages: Message[]): Map<string, ReplySummary> {
  const summaries = new Map<string, ReplySummary>();
  for (const message of messages) {
    if (!isReply(message) || message.is_ephemeral || !message.thread_ts) continue;
    const { count = 0, people = [] } = summaries.get(message.thread_ts) ?? {};
    const author = authorKey(message);
    summaries.set(message.thread_ts, {
      count: count + 1,
      latest: message.ts,
      people: people.includes(author) ? people : [...people, author],
    });
  }
  return summaries;
}

interface Row {
  message: Message;
  /** The first of its day. */
  day?: Date;
  /** Follows a message of the same author closely: no name, no avatar. */
  compact: boolean;
}

/** The replies of a thread begin anew below its root. */
export function rowsOf(messages: Message[], root?: string): Row[] {
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const date = dateOfTs(message.ts);
    const newDay = !before || !sameDay(dateOfTs(before.ts), date);
    return {
      message,
      compact: !newDay && before.ts !== root && follows(before, message),
      ...(newDay && { day: date }),
    };
  });
}

function follows(before: Message, message: Message): boolean {
  const close = Number(message.ts) - Number(before.ts) < GROUP_SECONDS;
  const alike = before.is_ephemeral === message.is_ephemeral && before.subtype === message.subtype;
  return close && alike && authorKey(before) === authorKey(message);
}

function authorKey(message: Message): string {
  return message.user ?? message.bot_id ?? message.username ?? "";
}

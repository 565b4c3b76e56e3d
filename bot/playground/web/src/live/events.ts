/** Pure: the workspace as it is after a server-sent event. */
import type { Channel, Message, View, Workspace } from "./types";

export type LiveEvent =
  | { event: "message"; data: { channel: string; message: Message } }
  | { event: "message_deleted"; data: { channel: string; ts: string } }
  | { event: "views"; data: { views: View[] } }
  | { event: "home"; data: { view: View | null } }
  | { event: "pins"; data: { channel: string; pins: string[] } }
  | { event: "channel"; data: { channel: Channel } };

export const WORKSPACE_EVENTS: LiveEvent["event"][] = [
  "message",
  "message_deleted",
  "views",
  "home",
  "pins",
  "channel",
];

export function apply(workspace: Workspace, { event, data }: LiveEvent): Workspace {
  switch (event) {
    case "message":
      return withMessages(workspace, data.channel, (messages) => upsert(messages, data.message));
    case "message_deleted":
      return withMessages(workspace, data.channel, (messages) => messages.filter(({ ts }) => ts !== data.ts));
    case "views":
      return { ...workspace, views: data.views };
    case "home":
      return { ...workspace, home: data.view };
    case "pins":
      return { ...workspace, pins: { ...workspace.pins, [data.channel]: data.pins } };
    case "channel":
      return { ...workspace, channels: upsertChannel(workspace.channels, data.channel) };
  }
}

/** An ephemeral message and an ordinary one may carry the same `ts`: their keys differ. */
export function keyOf(message: Message): string {
  return message.ephemeral_id ?? message.ts;
}

function withMessages(workspace: Workspace, channel: string, change: (messages: Message[]) => Message[]): Workspace {
  const messages = change(workspace.messages[channel] ?? []);
  return { ...workspace, messages: { ...workspace.messages, [channel]: messages } };
}

function upsert(messages: Message[], message: Message): Message[] {
  const key = keyOf(message);
  if (messages.some((known) => keyOf(known) === key))
    return messages.map((known) => (keyOf(known) === key ? message : known));
  const after = messages.findLastIndex((known) => known.ts <= message.ts);
  return messages.toSpliced(after + 1, 0, message);
}

function upsertChannel(channels: Channel[], channel: Channel): Channel[] {
  return channels.some(({ id }) => id === channel.id)
    ? channels.map((known) => (known.id === channel.id ? channel : known))
    : [...channels, channel];
}

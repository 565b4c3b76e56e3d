/** What the local Slack sends to the page: see docs/local-slack.md. */
import type { Block } from "../blocks/types";
import type { TextObject, Values } from "../elements/types";

export interface User {
  id: string;
  name: string;
  real_name: string;
  is_bot: boolean;
  tz?: string;
  color?: string;
}

export interface Channel {
  id: string;
  name: string;
  is_private: boolean;
  is_ext_shared: boolean;
  is_im?: boolean;
  members: string[];
  topic: string;
}

export interface SlackFile {
  id: string;
  name: string;
  title?: string;
  mimetype?: string;
  alt_txt?: string;
  size?: number;
}

interface Reaction {
  name: string;
  users: string[];
  count: number;
}

export interface Message {
  type: string;
  subtype?: string;
  user?: string;
  bot_id?: string;
  app_id?: string;
  username?: string;
  text: string;
  blocks?: Block[];
  ts: string;
  thread_ts?: string;
  reply_count?: number;
  edited?: { ts: string };
  files?: SlackFile[];
  reactions?: Reaction[];
  is_ephemeral?: boolean;
  ephemeral_id?: string;
}

export interface View {
  id: string;
  type: "modal" | "home";
  title?: TextObject;
  blocks: Block[];
  submit?: TextObject | null;
  close?: TextObject | null;
  callback_id: string;
  state?: { values: Values };
}

export interface Command {
  command: string;
  description: string;
  usage_hint: string;
}

export interface Shortcut {
  name: string;
  type: "message" | "global";
  callback_id: string;
  description: string;
}

export interface Workspace {
  team: { id: string; name: string; domain: string };
  me: User;
  users: User[];
  channels: Channel[];
  commands: Command[];
  shortcuts: Shortcut[];
  app: { id: string; name: string; bot_user_id: string };
  messages: Record<string, Message[]>;
  pins: Record<string, string[]>;
  views: View[];
  home: View | null;
}

/** What the playground offers to try; nothing where the local Slack runs by itself. */
export interface Offer {
  steps: GuideStep[];
  happenings: Happening[];
  runs: Example[];
}

/** One step of the guided path: a line that is typed, or a button of the bot's that is pressed (the first label found). */
export interface GuideStep {
  title: string;
  text: string;
  types?: string;
  presses?: string[];
}

/** Something that can be made to happen; `asks` goes to the server as it is. */
export interface Happening {
  title: string;
  text: string;
  asks: object;
}

export interface Example {
  title: string;
  description: string;
  commands: { label: string; command: string }[];
}

/** Errors of a view's inputs, by block id. */
export type InputErrors = Record<string, string>;

/** What Slackbot would tell a person; where it has a channel, it stands among that channel's messages. */
export interface Notice {
  id: number;
  ts: string;
  channel?: string;
  text: string;
}

/** Pure: what the composer offers for the word before the caret. */
import type { Channel, Command, User } from "../live/types";

export interface Suggestion {
  /** What takes the place of the typed word. */
  insert: string;
  label: string;
  detail: string;
  hint?: string;
}

interface Completion {
  /** Where the word to be replaced begins. */
  start: number;
  suggestions: Suggestion[];
}

const MOST = 8;

interface Vocabulary {
  commands: Command[];
  users: User[];
  channels: Channel[];
}

export function complete(text: string, caret: number, { commands, users, channels }: Vocabulary): Completion | null {
  const before = text.slice(0, caret);
  if (/^\/\S*$/.test(before)) return offer(0, commandsLike(commands, before));
  const argument = /^(\/\S+\s+)(\S+)$/.exec(before);
  if (argument?.[1] && argument[2]) return subcommandsLike(commands, argument[1], argument[2]);
  const word = /(?:^|[\s(])([@#])([\w.-]*)$/.exec(before);
  if (!word) return null;
  const start = caret - (word[2]?.length ?? 0) - 1;
  return offer(start, word[1] === "@" ? peopleLike(users, word[2]!) : channelsLike(channels, word[2]!));
}

/** The usage of a command whose arguments are being typed. */
export function usageOf(text: string, commands: Command[]): Command | undefined {
  const name = /^(\/\S+)\s/.exec(text)?.[1];
  return commands.find(({ command }) => command === name);
}

function offer(start: number, suggestions: Suggestion[]): Completion | null {
  return suggestions.length ? { start, suggestions: suggestions.slice(0, MOST) } : null;
}

function commandsLike(commands: Command[], typed: string): Suggestion[] {
  return commands
    .filter(({ command }) => command.startsWith(typed.toLowerCase()))
    .map(({ command, description, usage_hint: hint }) => ({
      insert: `${command} `,
      label: command,
      detail: description,
      hint,
    }));
}

/** The words that the command's own usage hint begins its alternatives with. */
function subcommandsLike(commands: Command[], head: string, typed: string): Completion | null {
  const command = commands.find((known) => known.command === head.trim());
  const alternatives = (command?.usage_hint ?? "").split(" | ").map((alternative) => alternative.split(" "));
  const fitting = alternatives.filter(([word = ""]) => /^\w/.test(word) && word.startsWith(typed.toLowerCase()));
  return offer(
    head.length,
    fitting.map(([word = "", ...rest]) => ({ insert: `${word} `, label: word, detail: "", hint: rest.join(" ") })),
  );
}

function peopleLike(users: User[], typed: string): Suggestion[] {
  const query = typed.toLowerCase();
  return users
    .filter(({ name, real_name }) =>
      [name, ...real_name.split(" ")].some((part) => part.toLowerCase().startsWith(query)),
    )
    .map(({ name, real_name, is_bot }) => ({
      insert: `@${name} `,
      label: `@${name}`,
      detail: is_bot ? "app" : real_name === name ? "" : real_name,
    }));
}

function channelsLike(channels: Channel[], typed: string): Suggestion[] {
  return channels
    .filter(({ name, is_im }) => !is_im && name.startsWith(typed.toLowerCase()))
    .map(({ name, topic }) => ({ insert: `#${name} `, label: `#${name}`, detail: topic }));
}

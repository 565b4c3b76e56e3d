/** Pure: a message's text as a person would have typed it. The other way round is the server's work. */
import type { Directory } from "../live/context";
import { decode } from "./mrkdwn";

type Names = Pick<Directory, "users" | "channels">;

export function toTyped(source: string, { users, channels }: Names): string {
  const plain = source
    .replace(
      /<@([A-Z0-9]+)(?:\|([^>]*))?>/g,
      (_, id: string, label?: string) => `@${users.get(id)?.name ?? label ?? id}`,
    )
    .replace(
      /<#([A-Z0-9]+)(?:\|([^>]*))?>/g,
      (_, id: string, label?: string) => `#${channels.get(id)?.name ?? label ?? id}`,
    )
    .replace(/<!(here|channel|everyone)>/g, "@$1")
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<((?:https?|mailto):[^|>]*)\|([^>]*)>/g, "$2 ($1)")
    .replace(/<((?:https?|mailto):[^|>]*)>/g, "$1");
  return decode(plain);
}

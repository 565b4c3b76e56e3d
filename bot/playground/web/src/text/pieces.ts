/** Pure: what Slack adds to the plain text of a `markdown` block. */
import { EMOJI, emojiOf } from "./emoji";

export type Piece =
  | { kind: "text"; text: string }
  | { kind: "emoji"; name: string }
  | { kind: "user" | "channel"; id: string };

const SPECIAL = new RegExp(`<([@#])([A-Z0-9]+)(?:\\|[^>]*)?>|${EMOJI.source}`, "g");
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Mentions and emoji among the words; an emoji nobody knows stays text. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  const say = (upTo: number) => {
    if (upTo > from) pieces.push({ kind: "text", text: text.slice(from, upTo) });
  };
  for (const match of text.matchAll(SPECIAL)) {
    const [whole, mark, id, name] = match;
    if (name && !emojiOf(name)) continue;
    say(match.index);
    pieces.push(name ? { kind: "emoji", name } : { kind: mark === "@" ? "user" : "channel", id: id ?? "" });
    from = match.index + whole.length;
  }
  say(text.length);
  return pieces;
}

/** `&amp;`, `&#39;`, `&#x27;`: as a reader sees them. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name) return Object.hasOwn(NAMED, name) ? NAMED[name]! : whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Slack's mrkdwn to a tree. Nothing in it is HTML; whatever is not understood stays text. */
import { EMOJI, emojiOf } from "./emoji";

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "bold" | "italic" | "strike"; children: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "emoji"; name: string; char: string }
  | { kind: "link"; url: string; label: Inline[] }
  | { kind: "user" | "channel"; id: string; label?: string }
  | { kind: "group"; id: string; label?: string }
  | { kind: "broadcast"; range: string }
  | { kind: "date"; timestamp: number; format: string; link?: string; fallback: string };

export type Paragraph =
  | { kind: "lines"; children: Inline[] }
  | { kind: "quote"; children: Inline[] }
  | { kind: "preformatted"; text: string };

/** Bare URLs become links unless the text object is `verbatim`. */
export interface Options {
  autolink: boolean;
}

/** A span ends within so many characters or not at all: otherwise a long line of opening marks takes its time squared. */
const FARTHEST = 4000;
const STYLES = { "*": "bold", _: "italic", "~": "strike" } as const;
const WORD = /[\p{L}\p{N}]/u;
const BARE_URL = /https?:\/\/[^\s<>|*`]+/y;
const STICKY_EMOJI = new RegExp(EMOJI.source, "y");

export function parse(source: string, options: Options): Paragraph[] {
  // Odd pieces were between fences; an unclosed fence is no fence.
  const pieces = source.split(/```([\s\S]+?)```/);
  return pieces.flatMap((piece, index): Paragraph[] =>
    index % 2 ? [preformatted(piece)] : parseLines(piece, options, index > 0, index < pieces.length - 1),
  );
}

export function decode(text: string): string {
  return text.replace(/&(lt|gt|amp);/g, (_, name: "lt" | "gt" | "amp") => ({ lt: "<", gt: ">", amp: "&" })[name]);
}

function preformatted(source: string): Paragraph {
  return { kind: "preformatted", text: decode(source.replace(/^\n/, "").replace(/\n$/, "")) };
}

/** The line breaks beside a fence are the fence's own. */
function parseLines(piece: string, options: Options, afterFence: boolean, beforeFence: boolean): Paragraph[] {
  let text = afterFence ? piece.replace(/^\n/, "") : piece;
  if (beforeFence) text = text.replace(/\n$/, "");
  if (!text) return [];
  return groupLines(text).map(({ quoted, lines }) => ({
    kind: quoted ? "quote" : "lines",
    children: parseInline(lines.join("\n"), options),
  }));
}

function groupLines(text: string): { quoted: boolean; lines: string[] }[] {
  const groups: { quoted: boolean; lines: string[] }[] = [];
  let quoteToEnd = false;
  for (const line of text.split("\n")) {
    const mark = /^(&gt;&gt;&gt;|>>>|&gt;|>) ?/.exec(line);
    const quoted = quoteToEnd || mark !== null;
    const content = mark && !quoteToEnd ? line.slice(mark[0].length) : line;
    quoteToEnd ||= mark?.[1] === "&gt;&gt;&gt;" || mark?.[1] === ">>>";
    const last = groups.at(-1);
    if (last?.quoted === quoted) last.lines.push(content);
    else groups.push({ quoted, lines: [content] });
  }
  return groups;
}

function parseInline(source: string, options: Options): Inline[] {
  const nodes: Inline[] = [];
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain) nodes.push({ kind: "text", text: decode(plain) });
    plain = "";
  };
  while (at < source.length) {
    const found = readToken(source, at, options);
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else {
      plain += source[at++];
    }
  }
  flush();
  return nodes;
}

interface Found {
  node: Inline;
  end: number;
}

function readToken(source: string, at: number, options: Options): Found | undefined {
  switch (source[at]) {
    case "`":
      return readCode(source, at);
    case "<":
      return readAngle(source, at, options);
    case ":":
      return readEmoji(source, at);
    case "*":
    case "_":
    case "~":
      return readStyled(source, at, options);
    case "h":
      return options.autolink ? readUrl(source, at) : undefined;
    default:
      return undefined;
  }
}

function readCode(source: string, at: number): Found | undefined {
  const content = /^`([^`\n]+)`/.exec(source.slice(at, at + FARTHEST));
  return content?.[1] ? { node: { kind: "code", text: decode(content[1]) }, end: at + content[0].length } : undefined;
}

function readEmoji(source: string, at: number): Found | undefined {
  STICKY_EMOJI.lastIndex = at;
  const match = STICKY_EMOJI.exec(source);
  const char = match?.[1] && emojiOf(match[1]);
  return match?.[1] && char ? { node: { kind: "emoji", name: match[1], char }, end: at + match[0].length } : undefined;
}

function readUrl(source: string, at: number): Found | undefined {
  if (at > 0 && WORD.test(source[at - 1]!)) return undefined;
  BARE_URL.lastIndex = at;
  const match = BARE_URL.exec(source);
  if (!match) return undefined;
  const raw = match[0].replace(/(?:&[lg]t;.*|[.,;:!?)\]'"_~]+)$/, "");
  const url = decode(raw);
  return { node: { kind: "link", url, label: [{ kind: "text", text: url }] }, end: at + raw.length };
}

/** `*bold*` opens after a non-word character and closes before one, on the same line. */
function readStyled(source: string, at: number, options: Options): Found | undefined {
  const mark = source[at] as keyof typeof STYLES;
  const next = source[at + 1] ?? " ";
  if ((at > 0 && WORD.test(source[at - 1]!)) || next === mark || /\s/.test(next)) return undefined;
  const end = closingMark(source, at + 1, mark);
  if (end === undefined) return undefined;
  return { node: { kind: STYLES[mark], children: parseInline(source.slice(at + 1, end), options) }, end: end + 1 };
}

function closingMark(source: string, from: number, mark: string): number | undefined {
  const last = Math.min(source.length, from + FARTHEST);
  for (let at = from; at < last && source[at] !== "\n"; at++) {
    const skipped = source[at] === "`" ? readCode(source, at) : source[at] === "<" ? angleAt(source, at) : undefined;
    if (skipped) at = skipped.end - 1;
    else if (source[at] === mark && at > from && closes(source, at)) return at;
  }
  return undefined;
}

function closes(source: string, at: number): boolean {
  const next = source[at + 1];
  return !/\s/.test(source[at - 1]!) && (next === undefined || !WORD.test(next));
}

function angleAt(source: string, at: number): { content: string; end: number } | undefined {
  const match = /^<([^<>\n]+)>/.exec(source.slice(at, at + FARTHEST));
  return match?.[1] ? { content: match[1], end: at + match[0].length } : undefined;
}

/** `<@U1>`, `<#C1|name>`, `<!here>`, `<!date^…>`, `<https://…|label>`. */
function readAngle(source: string, at: number, options: Options): Found | undefined {
  const angle = angleAt(source, at);
  const node = angle && readReference(angle.content, options);
  return node && { node, end: angle.end };
}

function readReference(content: string, options: Options): Inline | undefined {
  const bar = content.indexOf("|");
  const target = bar < 0 ? content : content.slice(0, bar);
  const label = bar < 0 ? undefined : content.slice(bar + 1);
  const mention = /^([@#])([A-Z0-9]+)$/.exec(target);
  if (mention?.[2]) return { kind: mention[1] === "@" ? "user" : "channel", id: mention[2], ...named(label) };
  const group = /^!subteam\^([A-Z0-9]+)$/.exec(target);
  if (group?.[1]) return { kind: "group", id: group[1], ...named(label) };
  if (/^!(here|channel|everyone)$/.test(target)) return { kind: "broadcast", range: target.slice(1) };
  if (target.startsWith("!date^")) return readDate(target, decode(label ?? ""));
  if (!/^(https?:\/\/|mailto:)/i.test(target)) return undefined;
  const url = decode(target);
  const shown = label ? parseInline(label, { ...options, autolink: false }) : text(url.replace(/^mailto:/i, ""));
  return { kind: "link", url, label: shown };
}

function readDate(target: string, fallback: string): Inline | undefined {
  const [, seconds, format, link] = target.split("^");
  if (!seconds || !format || !/^\d+$/.test(seconds)) return undefined;
  return { kind: "date", timestamp: Number(seconds), format, fallback, ...(link && { link: decode(link) }) };
}

function named(label: string | undefined): { label?: string } {
  return label ? { label: decode(label) } : {};
}

function text(content: string): Inline[] {
  return [{ kind: "text", text: content }];
}

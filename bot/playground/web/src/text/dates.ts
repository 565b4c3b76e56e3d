/** Times as Slack words them, in the reader's time zone. */

const LOCALE = "en-US";
const DAY_MS = 86_400_000;

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(LOCALE, options);
const TIME = format({ hour: "numeric", minute: "2-digit" });
const TIME_SECS = format({ hour: "numeric", minute: "2-digit", second: "2-digit" });
const SHORT = format({ month: "short", day: "numeric", year: "numeric" });
const SHORT_THIS_YEAR = format({ month: "short", day: "numeric" });
const SLASH = format({ month: "2-digit", day: "2-digit", year: "numeric" });
const WEEKDAY = format({ weekday: "long" });
const MONTH = format({ month: "long" });
const FULL = format({ dateStyle: "full", timeStyle: "long" });

export function dateOfTs(ts: string): Date {
  return new Date(Number(ts) * 1000);
}

export function timeOf(date: Date): string {
  return TIME.format(date);
}

/** For tool tips: nothing is left to guess, not even the time zone. */
export function fullTimeOf(date: Date): string {
  return FULL.format(date);
}

export function sameDay(one: Date, other: Date): boolean {
  return one.toDateString() === other.toDateString();
}

/** "Today", "Yesterday", "Monday, November 24th". */
export function dayOf(date: Date): string {
  const relative = relativeDay(date);
  if (relative) return relative[0]?.toUpperCase() + relative.slice(1);
  const year = date.getFullYear() === new Date().getFullYear() ? "" : `, ${date.getFullYear()}`;
  return `${WEEKDAY.format(date)}, ${MONTH.format(date)} ${ordinal(date.getDate())}${year}`;
}

/** "3 minutes ago", "2 days ago". */
export function ago(date: Date): string {
  const seconds = Math.round((Date.now() - date.getTime()) / 1000);
  if (Math.abs(seconds) < 60) return "just now";
  const units: [string, number][] = [
    ["minute", 60],
    ["hour", 3600],
    ["day", 86_400],
    ["month", 2_592_000],
    ["year", 31_536_000],
  ];
  const [unit, length] = units.findLast(([, size]) => Math.abs(seconds) >= size) ?? units[0]!;
  const count = Math.floor(Math.abs(seconds) / length);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

const TOKENS: Record<string, (date: Date) => string> = {
  date_num: (date) => [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join("-"),
  date_slash: (date) => SLASH.format(date),
  date: (date) => `${MONTH.format(date)} ${ordinal(date.getDate())}, ${date.getFullYear()}`,
  date_short: (date) => SHORT.format(date),
  date_long: (date) => `${WEEKDAY.format(date)}, ${TOKENS.date?.(date)}`,
  date_pretty: (date) => relativeDay(date) ?? TOKENS.date!(date),
  date_short_pretty: (date) => relativeDay(date) ?? shortDate(date),
  date_long_pretty: (date) => relativeDay(date) ?? TOKENS.date_long!(date),
  day_divider_pretty: (date) => relativeDay(date) ?? TOKENS.date_long!(date),
  time: (date) => TIME.format(date),
  time_secs: (date) => TIME_SECS.format(date),
  ago,
};

/** `{date_short_pretty} at {time_secs}`; nothing when the time or a token makes no sense. */
export function formatDate(timestamp: number, pattern: string): string | undefined {
  const date = new Date(timestamp * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const known = [...pattern.matchAll(/\{(\w+)\}/g)].every(([, token]) => token && Object.hasOwn(TOKENS, token));
  if (!known) return undefined;
  const text = pattern.replace(/\{(\w+)\}/g, (_, token: string) => TOKENS[token]!(date));
  return /^\{\w+_pretty\}/.test(pattern) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

function shortDate(date: Date): string {
  return (date.getFullYear() === new Date().getFullYear() ? SHORT_THIS_YEAR : SHORT).format(date);
}

function relativeDay(date: Date): string | undefined {
  const midnight = (of: Date) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
  const days = Math.round((midnight(date) - midnight(new Date())) / DAY_MS);
  return { "-1": "yesterday", "0": "today", "1": "tomorrow" }[String(days)];
}

function ordinal(day: number): string {
  const teen = day >= 11 && day <= 13;
  const suffix = teen ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th");
  return `${day}${suffix}`;
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}

/** What was typed in this window: drafts by conversation, and what each person sent, for the arrow-up key. */

const drafts = new Map<string, string>();
const sent = new Map<string, string[]>();

export function draftOf(key: string): string {
  return drafts.get(key) ?? "";
}

export function keepDraft(key: string, text: string): void {
  if (text) drafts.set(key, text);
  else drafts.delete(key);
}

export function remember(user: string, text: string): void {
  const texts = sent.get(user) ?? [];
  if (texts.at(-1) !== text) sent.set(user, [...texts, text]);
}

/** The text sent `back` messages ago; 1 is the last one. */
export function recall(user: string, back: number): string | undefined {
  return back > 0 ? sent.get(user)?.at(-back) : undefined;
}

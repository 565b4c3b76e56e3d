import { Fragment } from "react";
import type { TextObject } from "../elements/types";
import { EMOJI, emojiOf } from "./emoji";
import { Mrkdwn } from "./MrkdwnView";
import { Emoji } from "./parts";

/** A Block Kit text object. */
export function Text({ text }: { text: TextObject }) {
  return text.type === "mrkdwn" ? (
    <Mrkdwn text={text.text} verbatim={text.verbatim ?? false} />
  ) : (
    <PlainText text={text} />
  );
}

/** Literal but for emoji names, and for those too where `emoji` is false. */
export function PlainText({ text: { text, emoji } }: { text: TextObject }) {
  if (emoji === false) return <span className="plain">{text}</span>;
  // Odd pieces are the names that the expression captures.
  const pieces = text.split(EMOJI);
  return (
    <span className="plain">
      {pieces.map((piece, index) => (
        <Fragment key={index}>{index % 2 ? <Emoji name={piece} /> : piece}</Fragment>
      ))}
    </span>
  );
}

/** The same as one string, for names and tool tips. */
export function plainOf(text: TextObject | null | undefined): string {
  if (!text) return "";
  if (text.type === "plain_text" && text.emoji === false) return text.text;
  return text.text.replace(new RegExp(EMOJI.source, "g"), (whole, name: string) => emojiOf(name) ?? whole);
}

import { plainOf } from "../text/Text";
import { type Placement, useInput } from "./interaction";
import type { RichTextInputElement } from "./types";
import { asRichText, wordsOf } from "./values";

/** Plain words; the bot is told the rich text that Slack would make of them. */
export function RichTextInput(placement: Placement<RichTextInputElement>) {
  const { element, labelledBy, describedBy } = placement;
  const { value, set } = useInput(placement);
  return (
    <textarea
      className="field"
      rows={4}
      data-action-id={element.action_id}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      aria-label={labelledBy ? undefined : plainOf(element.placeholder) || "Text"}
      placeholder={plainOf(element.placeholder)}
      value={wordsOf(value.rich_text_value)}
      onChange={(event) => set({ rich_text_value: asRichText(event.target.value) })}
    />
  );
}

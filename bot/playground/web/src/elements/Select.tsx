import { useId, useRef, useState } from "react";
import { useDirectory } from "../live/context";
import { PlainText, plainOf } from "../text/Text";
import { type Placement, useInput } from "./interaction";
import { type Choice, choicesOf, chosenOf, isMulti, valueWith } from "./options";
import { SelectList } from "./SelectList";
import type { SelectElement } from "./types";

/** Static, user, conversation and channel selects, for one or several. */
export function Select(placement: Placement<SelectElement>) {
  const { element, labelledBy, describedBy } = placement;
  const directory = useDirectory();
  const { value, choose, busy } = useInput(placement);
  const [open, setOpen] = useState(false);
  const listId = useId();
  const trigger = useRef<HTMLButtonElement>(null);

  const multi = isMulti(element);
  const choices = choicesOf(element, directory);
  const byValue = new Map(choices.map((choice) => [choice.value, choice]));
  const chosen = chosenOf(element, value).flatMap((key) => byValue.get(key) ?? []);
  const placeholder = plainOf(element.placeholder) || (multi ? "Select options" : "Select an option");
  const full = multi && chosen.length >= (element.max_selected_items ?? Infinity);

  const close = () => {
    setOpen(false);
    trigger.current?.focus();
  };

  const onChoose = (choice: Choice) => {
    if (!multi) {
      choose(valueWith(element, [choice]));
      return close();
    }
    const without = chosen.filter((other) => other !== choice);
    const removed = without.length < chosen.length;
    if (removed || !full) choose(valueWith(element, removed ? without : [...chosen, choice]));
    return undefined;
  };

  return (
    <>
      <button
        ref={trigger}
        type="button"
        role="combobox"
        className={`field select ${multi ? "multi" : ""}`}
        data-action-id={element.action_id}
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-controls={open ? listId : undefined}
        aria-labelledby={labelledBy}
        aria-describedby={describedBy}
        aria-label={labelledBy ? undefined : placeholder}
        aria-busy={busy}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {chosen.length === 0 && <span className="placeholder">{placeholder}</span>}
        {chosen.map((choice) => (
          <span key={choice.value} className={multi ? "chip" : undefined}>
            <PlainText text={choice.label} />
          </span>
        ))}
      </button>
      {open && (
        <SelectList
          id={listId}
          anchor={trigger}
          choices={choices}
          chosen={chosen}
          multi={multi}
          full={full}
          onChoose={onChoose}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

import { useId } from "react";
import { Text } from "../text/Text";
import { type Placement, useInput } from "./interaction";
import type { ChoiceElement, Option } from "./types";

/** Checkboxes and radio buttons. */
export function Choices(placement: Placement<ChoiceElement>) {
  const { element, labelledBy, describedBy } = placement;
  const { value, choose, busy } = useInput(placement);
  const name = useId();
  const many = element.type === "checkboxes";
  const chosen = many ? (value.selected_options ?? []) : value.selected_option ? [value.selected_option] : [];
  const isChosen = (option: Option) => chosen.some((other) => other.value === option.value);

  const onChange = (option: Option) => {
    if (!many) return choose({ selected_option: option });
    const wanted = (other: Option) => (other === option ? !isChosen(other) : isChosen(other));
    return choose({ selected_options: element.options.filter(wanted) });
  };

  return (
    <div
      role={many ? "group" : "radiogroup"}
      className="choices"
      data-action-id={element.action_id}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      aria-busy={busy}
    >
      {element.options.map((option) => (
        <label key={option.value} className="choice">
          <input
            type={many ? "checkbox" : "radio"}
            name={name}
            value={option.value}
            checked={isChosen(option)}
            onChange={() => onChange(option)}
          />
          <span>
            <Text text={option.text} />
            {option.description && (
              <span className="choice-detail">
                <Text text={option.description} />
              </span>
            )}
          </span>
        </label>
      ))}
    </div>
  );
}

import { type KeyboardEvent, type RefObject, useEffect, useState } from "react";
import { usePopover } from "../shell/usePopover";
import { PlainText, plainOf } from "../text/Text";
import type { Choice } from "./options";

interface SelectListProps {
  id: string;
  anchor: RefObject<HTMLElement | null>;
  choices: Choice[];
  chosen: Choice[];
  multi: boolean;
  full: boolean;
  onChoose: (choice: Choice) => void;
  onClose: () => void;
}

/** The open list: type to filter, arrows and Enter to choose. */
export function SelectList({ id, anchor, choices, chosen, multi, full, onChoose, onClose }: SelectListProps) {
  const { box, style } = usePopover<HTMLDivElement>(anchor, onClose, { matchWidth: true });
  const [query, setQuery] = useState("");
  const shown = choices.filter((choice) => plainOf(choice.label).toLowerCase().includes(query.toLowerCase()));
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      choices.findIndex((choice) => chosen.includes(choice)),
    ),
  );
  const optionId = (index: number) => `${id}-${index}`;

  useEffect(() => {
    box.current?.querySelector("[data-active=true]")?.scrollIntoView({ block: "nearest" });
  }, [active, box]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Tab") return onClose();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) {
      event.preventDefault();
      setActive((active + step + shown.length) % shown.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const choice = shown[active];
      if (choice) onChoose(choice);
    }
    return undefined;
  };

  return (
    <div ref={box} className="popover select-list" style={style} onKeyDown={onKeyDown}>
      <input
        className="field"
        type="text"
        role="searchbox"
        autoFocus
        aria-label="Filter options"
        aria-controls={id}
        aria-activedescendant={shown.length ? optionId(active) : undefined}
        placeholder="Search"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
      />
      <div id={id} role="listbox" aria-label="Options" aria-multiselectable={multi} className="options">
        {shown.map((choice, index) => (
          <div key={choice.value} role="presentation">
            {choice.group && choice.group !== shown[index - 1]?.group && (
              <div className="option-group" role="presentation">
                <PlainText text={choice.group} />
              </div>
            )}
            <div
              id={optionId(index)}
              role="option"
              className="option"
              aria-selected={chosen.includes(choice)}
              aria-disabled={full && !chosen.includes(choice)}
              data-active={index === active}
              onPointerMove={() => setActive(index)}
              onClick={() => onChoose(choice)}
            >
              <PlainText text={choice.label} />
              {choice.detail && (
                <span className="menu-detail">
                  <PlainText text={choice.detail} />
                </span>
              )}
            </div>
          </div>
        ))}
        {shown.length === 0 && <p className="empty">No matches</p>}
      </div>
    </div>
  );
}

import { useRef, useState } from "react";
import { Menu } from "../shell/Menu";
import { plainOf } from "../text/Text";
import { type Placement, useInteraction } from "./interaction";
import type { Option, OverflowElement } from "./types";

export function Overflow({ element, blockId }: Placement<OverflowElement>) {
  const { dispatch } = useInteraction();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);

  const choose = async (option: Option) => {
    if (option.url && /^https?:/i.test(option.url)) window.open(option.url, "_blank", "noopener,noreferrer");
    setBusy(true);
    const { type, action_id, confirm } = element;
    await dispatch({ type, block_id: blockId, action_id, selected_option: option }, confirm);
    setBusy(false);
  };

  return (
    <>
      <button
        ref={trigger}
        type="button"
        className="button overflow"
        data-action-id={element.action_id}
        aria-label="More options"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-busy={busy}
        aria-disabled={busy}
        onClick={() => setOpen(!open && !busy)}
      >
        ⋯
      </button>
      {open && (
        <Menu
          anchor={trigger}
          label="More options"
          onClose={() => setOpen(false)}
          items={element.options.map((option) => ({
            key: option.value,
            label: plainOf(option.text),
            detail: plainOf(option.description),
            onChoose: () => void choose(option),
          }))}
        />
      )}
    </>
  );
}

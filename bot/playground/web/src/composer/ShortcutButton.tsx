import { useRef, useState } from "react";
import { useDirectory } from "../live/context";
import type { Shortcut } from "../live/types";
import { Menu } from "../shell/Menu";

/** The app's global shortcuts, where it has any. */
export function ShortcutButton({ shortcuts }: { shortcuts: Shortcut[] }) {
  const { actions, notify } = useDirectory();
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  if (shortcuts.length === 0) return null;

  const items = shortcuts.map(({ callback_id, name, description }) => ({
    key: callback_id,
    label: name,
    detail: description,
    onChoose: () => void actions.runShortcut(callback_id).catch((error: Error) => notify(error.message)),
  }));
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className="icon-button"
        aria-label="Shortcuts"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        ⚡
      </button>
      {open && <Menu anchor={trigger} label="Shortcuts" items={items} onClose={() => setOpen(false)} />}
    </>
  );
}

import { type KeyboardEvent, type ReactNode, type RefObject, useEffect } from "react";
import { usePopover } from "./usePopover";

export interface MenuItem {
  key: string;
  label: ReactNode;
  detail?: string;
  danger?: boolean;
  checked?: boolean;
  onChoose: () => void;
}

interface MenuProps {
  anchor: RefObject<HTMLElement | null>;
  label: string;
  items: MenuItem[];
  onClose: () => void;
  alignRight?: boolean;
}

export function Menu({ anchor, label, items, onClose, alignRight = false }: MenuProps) {
  const { box, style } = usePopover<HTMLDivElement>(anchor, onClose, { alignRight });
  const entries = () => [...(box.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];

  useEffect(() => {
    box.current?.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
  }, [box]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Tab") return onClose();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return undefined;
    event.preventDefault();
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    return all[(at + step + all.length) % all.length]?.focus();
  };

  const choose = (item: MenuItem) => {
    onClose();
    anchor.current?.focus();
    item.onChoose();
  };

  return (
    <div ref={box} className="popover menu" style={style} role="menu" aria-label={label} onKeyDown={onKeyDown}>
      {items.map((item) => (
        <button
          key={item.key}
          type="button"
          role={item.checked === undefined ? "menuitem" : "menuitemradio"}
          aria-checked={item.checked}
          className={item.danger ? "menu-item danger" : "menu-item"}
          onClick={() => choose(item)}
        >
          <span>{item.label}</span>
          {item.detail && <span className="menu-detail">{item.detail}</span>}
        </button>
      ))}
    </div>
  );
}

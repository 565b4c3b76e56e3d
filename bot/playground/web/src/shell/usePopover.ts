/** A box beside its anchor: above or below, inside the window, closed by Escape or a click elsewhere. */
import { type CSSProperties, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";

const GAP = 4;
const MARGIN = 8;

export function usePopover<T extends HTMLElement>(
  anchor: RefObject<HTMLElement | null>,
  onClose: () => void,
  { matchWidth = false, alignRight = false } = {},
) {
  const box = useRef<T>(null);
  const close = useRef(onClose);
  // Not `visibility`: what is not visible cannot take the focus.
  const [style, setStyle] = useState<CSSProperties>({ opacity: 0 });
  useEffect(() => {
    close.current = onClose;
  });

  useLayoutEffect(() => {
    const place = () => {
      const at = anchor.current?.getBoundingClientRect();
      const size = box.current?.getBoundingClientRect();
      if (!at || !size) return;
      const below = window.innerHeight - at.bottom - GAP - MARGIN;
      const above = at.top - GAP - MARGIN;
      const upwards = size.height > below && above > below;
      const width = matchWidth ? at.width : size.width;
      const left = alignRight ? at.right - width : at.left;
      setStyle({
        left: Math.max(MARGIN, Math.min(left, window.innerWidth - width - MARGIN)),
        ...(upwards ? { bottom: window.innerHeight - at.top + GAP } : { top: at.bottom + GAP }),
        maxHeight: upwards ? above : below,
        ...(matchWidth && { width }),
      });
    };
    place();
    // What scrolls beneath takes the anchor along.
    window.addEventListener("resize", place);
    window.addEventListener("scroll", place, true);
    return () => {
      window.removeEventListener("resize", place);
      window.removeEventListener("scroll", place, true);
    };
  }, [anchor, matchWidth, alignRight]);

  useEffect(() => {
    const onPointer = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !anchor.current?.contains(target)) close.current();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      // Escape closes the innermost thing only: not the dialog beneath.
      event.preventDefault();
      event.stopPropagation();
      close.current();
      anchor.current?.focus();
    };
    document.addEventListener("pointerdown", onPointer, true);
    document.addEventListener("keydown", onKey, true);
    return () => {
      document.removeEventListener("pointerdown", onPointer, true);
      document.removeEventListener("keydown", onKey, true);
    };
  }, [anchor]);

  return { box, style };
}

import { useEffect, useRef, useState } from "react";

const NEAR_PX = 80;

/** Follows new messages while the reader is at the end; leaves the reader alone while further up. */
export function useStickToBottom(messages: unknown[]) {
  const scroller = useRef<HTMLDivElement>(null);
  const sticking = useRef(true);
  const count = useRef(messages.length);
  const [behind, setBehind] = useState(false);

  const toBottom = () => {
    sticking.current = true;
    setBehind(false);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  };

  useEffect(() => {
    const box = scroller.current;
    const content = box?.firstElementChild;
    if (!box || !content) return;
    let top = box.scrollTop;
    const onScroll = () => {
      const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      // Only going up leaves the end: growing content also ends up far from it for a moment.
      if (near) sticking.current = true;
      else if (box.scrollTop < top) sticking.current = false;
      if (sticking.current) setBehind(false);
      top = box.scrollTop;
    };
    // Whatever makes the content grow (messages, previews, pictures) or the box shrink keeps the end in view.
    const observer = new ResizeObserver(() => sticking.current && box.scrollTo({ top: box.scrollHeight }));
    observer.observe(content);
    observer.observe(box);
    box.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", onScroll);
    };
  }, []);

  useEffect(() => {
    if (messages.length > count.current && !sticking.current) setBehind(true);
    count.current = messages.length;
  }, [messages.length]);

  return { scroller, behind, toBottom };
}

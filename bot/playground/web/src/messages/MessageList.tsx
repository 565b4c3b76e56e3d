import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useDirectory } from "../live/context";
import { keyOf } from "../live/events";
import type { Message } from "../live/types";
import { dayOf } from "../text/dates";
import { MessageRow } from "./MessageRow";
import { type ReplySummary, rowsOf } from "./thread";
import { useStickToBottom } from "./useStickToBottom";

const PAGE = 150;
const FLASH_MS = 2000;

interface MessageListProps {
  messages: Message[];
  channel: string;
  label: string;
  pins: string[];
  replies?: Map<string, ReplySummary>;
  /** The root, where the list is a thread. */
  root?: string;
  /** The message to scroll to, once. */
  at?: string | null;
  /** How often the reader has sent something: whoever does wants to see what becomes of it. */
  sent: number;
  intro?: ReactNode;
}

export function MessageList({ messages, channel, label, pins, replies, root, at, sent, intro }: MessageListProps) {
  const { go } = useDirectory();
  const [pages, setPages] = useState(1);
  const { scroller, behind, toBottom } = useStickToBottom(messages);
  const hidden = Math.max(0, messages.length - pages * PAGE);
  const rows = useMemo(() => rowsOf(messages.slice(hidden), root), [messages, hidden, root]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only what the reader sends brings the end into view
  useEffect(() => {
    if (sent) toBottom();
  }, [sent]);

  useEffect(() => {
    if (!at || !messages.some(({ ts }) => ts === at)) return;
    const row = scroller.current?.querySelector(`[data-ts="${CSS.escape(at)}"]`);
    if (!row) return setPages((count) => count + 1);
    row.scrollIntoView({ block: "center" });
    row.classList.add("flash");
    setTimeout(() => row.classList.remove("flash"), FLASH_MS);
    go({ at: null }, "replace");
  }, [at, go, messages, pages, scroller]);

  return (
    <div className="list-frame">
      <div ref={scroller} className="list" tabIndex={0} role="log" aria-label={label}>
        <div className="list-content">
          {hidden > 0 ? (
            <button type="button" className="button earlier" onClick={() => setPages(pages + 1)}>
              Show earlier messages
            </button>
          ) : (
            intro
          )}
          <div role="list">
            {rows.map(({ message, day, compact }) => (
              <div key={keyOf(message)} role="listitem">
                {day && <Separator>{dayOf(day)}</Separator>}
                <MessageRow
                  message={message}
                  channel={channel}
                  compact={compact}
                  pinned={pins.includes(message.ts)}
                  replies={replies?.get(message.ts)}
                  inThread={root !== undefined}
                />
                {message.ts === root && messages.length > 1 && (
                  <Separator className="replies">
                    {messages.length === 2 ? "1 reply" : `${messages.length - 1} replies`}
                  </Separator>
                )}
              </div>
            ))}
          </div>
        </div>
      </div>
      {behind && (
        <button type="button" className="button primary to-bottom" onClick={toBottom}>
          ↓ New messages
        </button>
      )}
    </div>
  );
}

function Separator({ className = "", children }: { className?: string; children: ReactNode }) {
  return (
    <div className={`day ${className}`}>
      <span>{children}</span>
    </div>
  );
}

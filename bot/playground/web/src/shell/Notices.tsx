import { useEffect } from "react";
import type { Notice } from "../live/types";

const SHOWN_MS = 8000;

/** Notices that belong to no channel. */
export function Notices({ notices, onDismiss }: { notices: Notice[]; onDismiss: (id: number) => void }) {
  return (
    <div className="toasts" role="status">
      {notices
        .filter(({ channel }) => !channel)
        .map((notice) => (
          <Toast key={notice.id} notice={notice} onDismiss={onDismiss} />
        ))}
    </div>
  );
}

function Toast({ notice: { id, text }, onDismiss }: { notice: Notice; onDismiss: (id: number) => void }) {
  useEffect(() => {
    const timer = setTimeout(() => onDismiss(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id, onDismiss]);
  return (
    <p className="toast">
      {text}
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => onDismiss(id)}>
        ✕
      </button>
    </p>
  );
}

/** The workspace, kept up to date by server-sent events. */
import { useCallback, useEffect, useState } from "react";
import { ApiError, fetchWorkspace } from "./api";
import { apply, type LiveEvent, WORKSPACE_EVENTS } from "./events";
import type { InputErrors, Notice, Workspace } from "./types";

const RETRY_MS = 1000;

export interface Live {
  workspace: Workspace | null;
  /** False while the server is gone: what is shown may be old. */
  connected: boolean;
  notices: Notice[];
  viewErrors: Record<string, InputErrors>;
  notify: (text: string, channel?: string) => void;
  dismiss: (id: number) => void;
}

let lastNotice = 0;

/** `onRefused`: the server does not know such a user. */
export function useWorkspace(user: string | null, onRefused: () => void): Live {
  const [workspace, setWorkspace] = useState<Workspace | null>(null);
  const [connected, setConnected] = useState(true);
  const [notices, setNotices] = useState<Notice[]>([]);
  const [viewErrors, setViewErrors] = useState<Record<string, InputErrors>>({});

  const notify = useCallback((text: string, channel?: string) => {
    const ts = (Date.now() / 1000).toFixed(6);
    setNotices((known) => [...known, { id: ++lastNotice, ts, text, ...(channel && { channel }) }]);
  }, []);
  const dismiss = useCallback((id: number) => setNotices((known) => known.filter((notice) => notice.id !== id)), []);

  // Another person: what the last one was told is not theirs.
  useEffect(() => {
    setNotices([]);
    setViewErrors({});
  }, [user]);

  useEffect(() => {
    if (!user) {
      let stopped = false;
      const first = () =>
        fetchWorkspace(null).then(
          (fresh) => !stopped && setWorkspace(fresh),
          () => {
            if (stopped) return;
            setConnected(false);
            setTimeout(first, RETRY_MS);
          },
        );
      void first();
      return () => {
        stopped = true;
      };
    }
    return subscribe(user, {
      onWorkspace: (change) => setWorkspace(change),
      onConnected: setConnected,
      onNotice: ({ text, channel }) => notify(text, channel),
      onViewErrors: ({ view_id, errors }) => setViewErrors((known) => ({ ...known, [view_id]: errors })),
      onRefused,
    });
  }, [user, notify, onRefused]);

  return { workspace, connected, notices, viewErrors, notify, dismiss };
}

interface Listeners {
  onWorkspace: (change: (known: Workspace | null) => Workspace | null) => void;
  onConnected: (connected: boolean) => void;
  onNotice: (notice: { text: string; channel?: string }) => void;
  onViewErrors: (errors: { view_id: string; errors: InputErrors }) => void;
  onRefused: () => void;
}

/** Every (re)connection reads the whole state anew; events that arrive meanwhile wait for it. */
function subscribe(user: string, listeners: Listeners): () => void {
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let waiting: LiveEvent[] | null = [];

  const receive = (event: LiveEvent) => {
    if (waiting) waiting.push(event);
    else listeners.onWorkspace((known) => known && apply(known, event));
  };

  const lost = () => {
    source.close();
    listeners.onConnected(false);
    clearTimeout(retry);
    retry = setTimeout(connect, RETRY_MS);
  };

  const failed = (of: EventSource, error: Error) => {
    if (of !== source) return;
    if (error instanceof ApiError && error.code === "user_not_found") listeners.onRefused();
    else lost();
  };

  const load = async (of: EventSource) => {
    const fresh = await fetchWorkspace(user);
    if (of !== source) return;
    const missed = waiting ?? [];
    waiting = null;
    listeners.onWorkspace(() => missed.reduce(apply, fresh));
    listeners.onConnected(true);
  };

  const connect = () => {
    waiting = [];
    const opened = new EventSource(`/page/events?user=${encodeURIComponent(user)}`);
    source = opened;
    opened.onopen = () => void load(opened).catch((error: Error) => failed(opened, error));
    opened.onerror = () => void fetchWorkspace(user).then(lost, (error: Error) => failed(opened, error));
    const on = (name: string, listener: (data: never) => void) =>
      opened.addEventListener(name, (message) => listener(JSON.parse(message.data) as never));
    for (const name of WORKSPACE_EVENTS) on(name, (data) => receive({ event: name, data } as LiveEvent));
    on("notice", listeners.onNotice);
    on("view_errors", listeners.onViewErrors);
  };

  connect();
  return () => {
    clearTimeout(retry);
    source.close();
    waiting = [];
  };
}

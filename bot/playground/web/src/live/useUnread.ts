import { useEffect, useState } from "react";
import { rootsOf } from "../messages/thread";
import type { Workspace } from "./types";

/** Channels with something new since this window last showed them. */
export function useUnread(workspace: Workspace, shown: string | null): Set<string> {
  const [read, setRead] = useState<Record<string, string>>(() =>
    Object.fromEntries(workspace.channels.map(({ id }) => [id, latestOf(workspace, id)])),
  );
  const latest = shown ? latestOf(workspace, shown) : "";

  useEffect(() => {
    if (shown) setRead((known) => ({ ...known, [shown]: latest }));
  }, [shown, latest]);

  const unread = workspace.channels.filter(({ id }) => id !== shown && latestOf(workspace, id) > (read[id] ?? ""));
  return new Set(unread.map(({ id }) => id));
}

function latestOf(workspace: Workspace, channel: string): string {
  const others = rootsOf(workspace.messages[channel] ?? []).filter(({ user }) => user !== workspace.me.id);
  return others.at(-1)?.ts ?? "";
}

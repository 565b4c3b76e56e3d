/** What any component may need to know about the workspace and its person. */
import { createContext, useContext } from "react";
import type { Actions } from "./api";
import type { Channel, Shortcut, User } from "./types";
import type { Go } from "./useAddress";

export interface Directory {
  me: User;
  botUserId: string;
  appName: string;
  /** Of this workspace, as in its permalinks: `<domain>.slack.com`. */
  domain: string;
  users: Map<string, User>;
  channels: Map<string, Channel>;
  messageShortcuts: Shortcut[];
  actions: Actions;
  go: Go;
  /** Tells the person something that no message says, as Slackbot would. */
  notify: (text: string, channel?: string) => void;
}

const DirectoryContext = createContext<Directory | null>(null);
export const DirectoryProvider = DirectoryContext.Provider;

export function useDirectory(): Directory {
  const directory = useContext(DirectoryContext);
  if (!directory) throw new Error("useDirectory is used outside of DirectoryProvider");
  return directory;
}

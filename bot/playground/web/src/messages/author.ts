import { useDirectory } from "../live/context";
import type { Message } from "../live/types";

interface Author {
  name: string;
  app: boolean;
  color?: string;
}

export function useAuthor(message: Message): Author {
  const { users, botUserId, appName } = useDirectory();
  const user = users.get(message.user ?? (message.bot_id ? botUserId : ""));
  const app = user?.is_bot ?? message.bot_id !== undefined;
  const name = message.username ?? (app ? (user?.name ?? appName) : user?.real_name || user?.name) ?? "Slackbot";
  return { name, app, ...(user?.color && { color: user.color }) };
}

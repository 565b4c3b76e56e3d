import type { Directory } from "./context";
import type { Channel } from "./types";

/** "#incidents"; a direct message is called by the app at its other end. */
export function nameOf(channel: Channel, { appName }: Pick<Directory, "appName">): string {
  return channel.is_im ? appName : `#${channel.name}`;
}

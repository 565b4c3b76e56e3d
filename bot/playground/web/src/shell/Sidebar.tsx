import type { Channel, Workspace } from "../live/types";
import type { Go } from "../live/useAddress";
import { Avatar } from "./Avatar";

interface SidebarProps {
  workspace: Workspace;
  shown: string | null;
  home: boolean;
  unread: Set<string>;
  go: Go;
}

export function Sidebar({ workspace: { team, channels, users, app }, shown, home, unread, go }: SidebarProps) {
  const open = (channel: string) => go({ channel, thread: null, home: false });
  const rooms = channels.filter((channel) => !channel.is_im);
  const direct = channels.find((channel) => channel.is_im);
  const appShown = home || (direct !== undefined && direct.id === shown);
  const appUnread = direct !== undefined && unread.has(direct.id);
  return (
    <nav className="sidebar" aria-label="Channels and apps">
      <div className="team">{team.name}</div>
      <h2>Channels</h2>
      <ul>
        {rooms.map((channel) => (
          <li key={channel.id}>
            <button
              type="button"
              className={unread.has(channel.id) ? "side-item unread" : "side-item"}
              aria-current={!home && channel.id === shown ? "page" : undefined}
              onClick={() => open(channel.id)}
            >
              <ChannelMark channel={channel} />
              <span className="side-name">{channel.name}</span>
              {unread.has(channel.id) && <span className="unread-dot" role="img" aria-label="unread" />}
            </button>
          </li>
        ))}
      </ul>
      <h2>Apps</h2>
      <ul>
        <li>
          <button
            type="button"
            className={appUnread ? "side-item unread" : "side-item"}
            aria-current={appShown ? "page" : undefined}
            onClick={() => (appUnread ? open(direct.id) : go({ home: true, thread: null }))}
          >
            <Avatar name={app.name} color={users.find(({ id }) => id === app.bot_user_id)?.color} app />
            <span className="side-name">{app.name}</span>
            {appUnread && <span className="unread-dot" role="img" aria-label="unread" />}
          </button>
        </li>
      </ul>
    </nav>
  );
}

export function ChannelMark({ channel }: { channel: Channel }) {
  return (
    <span className="channel-mark" role="img" aria-label={channel.is_private ? "private channel" : "channel"}>
      {channel.is_private ? <Lock /> : "#"}
    </span>
  );
}

function Lock() {
  return (
    <svg viewBox="0 0 16 16" width="0.85em" height="0.85em" aria-hidden="true">
      <path
        d="M4 7V5a4 4 0 0 1 8 0v2h1v8H3V7zm1.6 0h4.8V5a2.4 2.4 0 0 0-4.8 0z"
        fill="currentColor"
        fillRule="evenodd"
      />
    </svg>
  );
}

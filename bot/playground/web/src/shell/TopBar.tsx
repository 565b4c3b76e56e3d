import type { Workspace } from "../live/types";
import type { Go } from "../live/useAddress";
import { UserSwitcher } from "./UserSwitcher";

interface TopBarProps {
  workspace: Workspace;
  connected: boolean;
  go: Go;
  onSidebar: () => void;
  onExamples: (() => void) | undefined;
}

export function TopBar({ workspace, connected, go, onSidebar, onExamples }: TopBarProps) {
  return (
    <header className="top-bar">
      <button type="button" className="top-button sidebar-toggle" aria-label="Channels" onClick={onSidebar}>
        ☰
      </button>
      <span className="top-note">Local Slack: everything here stays on this machine</span>
      {!connected && <OfflineBanner />}
      {onExamples && (
        <button type="button" className="top-button" onClick={onExamples}>
          Runs to try
        </button>
      )}
      <UserSwitcher me={workspace.me} users={workspace.users} go={go} />
    </header>
  );
}

export function OfflineBanner() {
  return (
    <p className="offline" role="alert">
      The local Slack is gone. Trying again…
    </p>
  );
}

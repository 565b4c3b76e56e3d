import { useDirectory } from "../live/context";

/** The two sides of an app: its Home tab and the direct messages with it. */
export function AppTabs({ current }: { current: "home" | "messages" }) {
  const { appName, channels, go } = useDirectory();
  const direct = [...channels.values()].find(({ is_im }) => is_im);
  const tab = (name: typeof current, label: string, onOpen: () => void) => (
    <button type="button" className="tab" aria-current={current === name ? "page" : undefined} onClick={onOpen}>
      {label}
    </button>
  );
  return (
    <header className="pane-header">
      <div className="channel-title">
        <h1>{appName}</h1>
        {tab("home", "Home", () => go({ home: true, thread: null }))}
        {direct && tab("messages", "Messages", () => go({ channel: direct.id, home: false, thread: null }))}
      </div>
    </header>
  );
}

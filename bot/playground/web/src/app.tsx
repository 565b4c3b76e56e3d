import { useCallback, useEffect } from "react";
import { useAddress } from "./live/useAddress";
import { useWorkspace } from "./live/useWorkspace";
import { OfflineBanner } from "./shell/TopBar";
import { WorkspaceView } from "./shell/Workspace";

export function App() {
  const [address, go] = useAddress();
  const onRefused = useCallback(() => go({ user: null }, "replace"), [go]);
  const live = useWorkspace(address.user, onRefused);
  const { workspace, connected } = live;
  const me = workspace?.me.id;

  // Without `?user=` the server says who I am; from then on the URL does.
  useEffect(() => {
    if (me && !address.user) go({ user: me }, "replace");
  }, [me, address.user, go]);

  if (!workspace || (address.user && me !== address.user))
    return <div className="splash">{connected ? "Opening the local Slack…" : <OfflineBanner />}</div>;
  return <WorkspaceView key={me} workspace={workspace} live={live} address={address} go={go} />;
}

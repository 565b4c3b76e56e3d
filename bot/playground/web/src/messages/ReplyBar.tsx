import { useDirectory } from "../live/context";
import { Avatar } from "../shell/Avatar";
import { ago, dateOfTs } from "../text/dates";
import type { ReplySummary } from "./thread";

const FACES = 3;

export function ReplyBar({ root, summary: { count, latest, people } }: { root: string; summary: ReplySummary }) {
  const { go, users } = useDirectory();
  return (
    <button type="button" className="reply-bar" onClick={() => go({ thread: root })}>
      {people.slice(0, FACES).map((id) => {
        const user = users.get(id);
        return <Avatar key={id} name={user?.name ?? id} color={user?.color} app={user?.is_bot ?? true} />;
      })}
      <span className="reply-count">{count === 1 ? "1 reply" : `${count} replies`}</span>
      <span className="reply-last">Last reply {ago(dateOfTs(latest))}</span>
    </button>
  );
}

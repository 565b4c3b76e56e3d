import { useDirectory } from "../live/context";
import type { Message } from "../live/types";
import { Emoji } from "../text/parts";

export function Reactions({ message, channel }: { message: Message; channel: string }) {
  const { me, users, actions, notify } = useDirectory();
  const toggle = (name: string, mine: boolean) =>
    void actions.react(channel, message.ts, name, mine).catch((error: Error) => notify(error.message, channel));
  return (
    <div className="reactions">
      {message.reactions?.map((reaction) => {
        const mine = reaction.users.includes(me.id);
        const names = reaction.users.map((id) => users.get(id)?.name ?? id).join(", ");
        return (
          <button
            key={reaction.name}
            type="button"
            className="reaction"
            aria-pressed={mine}
            title={`${names} reacted with :${reaction.name}:`}
            onClick={() => toggle(reaction.name, mine)}
          >
            <Emoji name={reaction.name} /> {reaction.count}
          </button>
        );
      })}
    </div>
  );
}

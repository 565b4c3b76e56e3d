import { useRef, useState } from "react";
import { useDirectory } from "../live/context";
import type { Message } from "../live/types";
import { Menu, type MenuItem } from "../shell/Menu";
import { emojiOf } from "../text/emoji";
import { toTyped } from "../text/typed";

const QUICK_REACTIONS = ["white_check_mark", "eyes", "raised_hands"];

interface ToolbarProps {
  message: Message;
  channel: string;
  inThread: boolean;
  onEdit: () => void;
}

/** What can be done with a message; shown while the pointer or the focus is on it. */
export function Toolbar({ message, channel, inThread, onEdit }: ToolbarProps) {
  const { me, actions, go, notify } = useDirectory();
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const items = useMenuItems(message, channel, onEdit);
  if (message.subtype === "notice") return null;

  const react = (name: string) => {
    const mine = message.reactions?.find((reaction) => reaction.name === name)?.users.includes(me.id) ?? false;
    void actions.react(channel, message.ts, name, mine).catch((error: Error) => notify(error.message, channel));
  };

  return (
    <div className={open ? "toolbar open" : "toolbar"} role="toolbar" aria-label="Message actions">
      {!message.is_ephemeral &&
        QUICK_REACTIONS.map((name) => (
          <button key={name} type="button" aria-label={`React with ${name}`} onClick={() => react(name)}>
            <Icon char={emojiOf(name)} />
          </button>
        ))}
      {!message.is_ephemeral && !inThread && (
        <button
          type="button"
          aria-label="Reply in thread"
          title="Reply in thread"
          onClick={() => go({ thread: message.thread_ts ?? message.ts })}
        >
          <Icon char="💬" />
        </button>
      )}
      <button
        ref={trigger}
        type="button"
        aria-label="More actions"
        title="More actions"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon char="⋮" />
      </button>
      {open && <Menu anchor={trigger} label="More actions" items={items} alignRight onClose={() => setOpen(false)} />}
    </div>
  );
}

/** Drawn by the style sheet: a message's text holds none of it. */
function Icon({ char }: { char: string | undefined }) {
  return <span className="icon emoji" data-char={char} aria-hidden="true" />;
}

function useMenuItems(message: Message, channel: string, onEdit: () => void): MenuItem[] {
  const directory = useDirectory();
  const { me, actions, messageShortcuts, appName, notify } = directory;
  const tell = (error: Error) => notify(error.message, channel);

  const copy = () => void navigator.clipboard.writeText(toTyped(message.text, directory)).catch(tell);
  const items: MenuItem[] = [{ key: "copy", label: "Copy text", onChoose: copy }];
  if (message.is_ephemeral) return items;
  if (message.user === me.id) {
    const remove = () => void actions.remove(channel, message.ts).catch(tell);
    items.push({ key: "edit", label: "Edit message", onChoose: onEdit });
    items.push({ key: "delete", label: "Delete message", danger: true, onChoose: remove });
  }
  for (const { callback_id, name } of messageShortcuts) {
    const run = () => void actions.runShortcut(callback_id, { channel, message_ts: message.ts }).catch(tell);
    items.push({ key: callback_id, label: name, detail: appName, onChoose: run });
  }
  return items;
}

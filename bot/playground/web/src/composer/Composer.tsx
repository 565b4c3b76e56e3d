import {
  type KeyboardEvent,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useDirectory } from "../live/context";
import type { Command, Shortcut } from "../live/types";
import { complete, type Suggestion, usageOf } from "./completion";
import { draftOf, keepDraft, recall, remember } from "./memory";
import { ShortcutButton } from "./ShortcutButton";
import { Suggestions } from "./Suggestions";

/** How long a text that the page types by itself is seen before it is sent. */
const SHOWN_MS = 300;

export interface ComposerHandle {
  /** Types a text and sends it. */
  submit: (text: string) => void;
}

interface ComposerProps {
  channel: string;
  thread?: string;
  label: string;
  /** None in a thread, where Slack knows no slash commands. */
  commands?: Command[];
  globalShortcuts?: Shortcut[];
  handle?: Ref<ComposerHandle>;
  /** Something is on its way. */
  onSend?: () => void;
}

export function Composer({
  channel,
  thread,
  label,
  commands = [],
  globalShortcuts = [],
  handle,
  onSend,
}: ComposerProps) {
  const directory = useDirectory();
  const draftKey = `${directory.me.id}/${channel}/${thread ?? ""}`;
  const [text, setText] = useState(() => draftOf(draftKey));
  const [caret, setCaret] = useState(text.length);
  const [active, setActive] = useState(0);
  const [dismissed, setDismissed] = useState(false);
  const [back, setBack] = useState(0);
  const [pending, setPending] = useState(0);
  const [problem, setProblem] = useState("");
  const box = useRef<HTMLTextAreaElement>(null);
  const placeCaret = useRef<number | null>(null);
  const listId = useId();

  const vocabulary = {
    commands,
    users: [...directory.users.values()],
    channels: [...directory.channels.values()],
  };
  const completion = dismissed ? null : complete(text, caret, vocabulary);
  const suggestions = completion?.suggestions ?? [];
  const usage = usageOf(text, commands);

  useEffect(() => keepDraft(draftKey, text), [draftKey, text]);
  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
    // Set at once: whatever is typed next belongs behind an accepted word.
    if (placeCaret.current !== null) area.setSelectionRange(placeCaret.current, placeCaret.current);
    placeCaret.current = null;
  }, [text]);
  useImperativeHandle(handle, () => ({
    submit: (typed) => {
      const draft = text;
      change(typed);
      setDismissed(true);
      box.current?.focus();
      setTimeout(() => {
        void send(typed);
        setText(draft);
      }, SHOWN_MS);
    },
  }));

  const change = (next: string, at = next.length) => {
    setText(next);
    setCaret(at);
    setActive(0);
    setDismissed(false);
    setProblem("");
  };

  const send = async (typed: string) => {
    const trimmed = typed.trim();
    if (!trimmed) return;
    remember(directory.me.id, trimmed);
    setBack(0);
    setPending((count) => count + 1);
    setProblem("");
    setText("");
    onSend?.();
    try {
      await directory.actions.send(channel, trimmed, thread);
    } catch (error) {
      setProblem((error as Error).message);
      // What was typed since is not overwritten.
      setText((now) => now || typed);
    }
    setPending((count) => count - 1);
  };

  const accept = ({ insert }: Suggestion) => {
    const start = completion?.start ?? 0;
    const next = text.slice(0, start) + insert + text.slice(caret).trimStart();
    placeCaret.current = start + insert.length;
    change(next, start + insert.length);
    box.current?.focus();
  };

  const browse = (step: number) => {
    const to = Math.max(0, back + step);
    const recalled = to === 0 ? "" : recall(directory.me.id, to);
    if (recalled === undefined) return;
    change(recalled);
    setDismissed(true);
    setBack(to);
  };

  const onListKey = (event: KeyboardEvent): boolean => {
    const chosen = suggestions[active];
    const word = text.slice(completion?.start, caret);
    if (!chosen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setActive((active + step + suggestions.length) % suggestions.length);
    else if (event.key === "Escape") setDismissed(true);
    // A word that is already complete is sent, not completed once more.
    else if (event.key === "Tab" || (event.key === "Enter" && chosen.label !== word)) accept(chosen);
    else return false;
    return true;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (onListKey(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void send(text);
    } else if ((event.key === "ArrowUp" && (!text || back)) || (event.key === "ArrowDown" && back)) {
      event.preventDefault();
      browse(event.key === "ArrowUp" ? 1 : -1);
    }
  };

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send(text);
      }}
    >
      {problem && (
        <p className="composer-problem" role="alert">
          {problem}
        </p>
      )}
      {suggestions.length > 0 && (
        <Suggestions id={listId} suggestions={suggestions} active={active} onHover={setActive} onChoose={accept} />
      )}
      {usage?.usage_hint && suggestions.length === 0 && (
        <p className="usage">
          <strong>{usage.command}</strong> {usage.usage_hint}
        </p>
      )}
      <div className="composer-box">
        <textarea
          ref={box}
          rows={1}
          aria-multiline="true"
          aria-label={label}
          placeholder={label}
          aria-autocomplete="list"
          aria-controls={suggestions.length ? listId : undefined}
          aria-activedescendant={suggestions.length ? `${listId}-${active}` : undefined}
          value={text}
          onChange={(event) => {
            setBack(0);
            change(event.target.value, event.target.selectionStart);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
        />
        <div className="composer-bar">
          <ShortcutButton shortcuts={globalShortcuts} />
          <span className="composer-status" aria-live="polite">
            {pending > 0 && "Sending…"}
          </span>
          <button type="submit" className="send" aria-label="Send" title="Send (Enter)" disabled={!text.trim()}>
            ➤
          </button>
        </div>
      </div>
    </form>
  );
}

import { type KeyboardEvent, useState } from "react";
import { useDirectory } from "../live/context";
import type { Message } from "../live/types";
import { toTyped } from "../text/typed";

export function EditBox({ message, channel, onDone }: { message: Message; channel: string; onDone: () => void }) {
  const directory = useDirectory();
  const [text, setText] = useState(() => toTyped(message.text, directory));
  const [problem, setProblem] = useState("");

  const save = () =>
    directory.actions.edit(channel, message.ts, text).then(onDone, (error: Error) => setProblem(error.message));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onDone();
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    void save();
  };

  return (
    <div className="edit-box">
      <textarea
        className="field"
        aria-label="Edit message"
        rows={3}
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {problem && <p role="alert">{problem}</p>}
      <button type="button" className="button" onClick={onDone}>
        Cancel
      </button>
      <button type="button" className="button primary" onClick={() => void save()}>
        Save
      </button>
    </div>
  );
}

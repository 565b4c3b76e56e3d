import { useState } from "react";
import { PlainText } from "../text/Text";
import { type Placement, useInteraction } from "./interaction";
import type { ButtonElement, WorkflowButtonElement } from "./types";

export function Button({ element, blockId }: Placement<ButtonElement | WorkflowButtonElement>) {
  const { dispatch } = useInteraction();
  const [busy, setBusy] = useState(false);

  const onClick = async () => {
    if (busy) return;
    const { type, action_id, text } = element;
    const { value, url, confirm } = element.type === "button" ? element : {};
    if (url && /^https?:/i.test(url)) window.open(url, "_blank", "noopener,noreferrer");
    setBusy(true);
    await dispatch({ type, block_id: blockId, action_id, text, ...(value !== undefined && { value }) }, confirm);
    setBusy(false);
  };

  return (
    <button
      type="button"
      className={`button ${element.style ?? ""}`}
      data-action-id={element.action_id}
      aria-label={element.accessibility_label}
      aria-busy={busy}
      aria-disabled={busy}
      onClick={() => void onClick()}
    >
      <PlainText text={element.text} />
      {busy && <span className="spinner" aria-hidden="true" />}
    </button>
  );
}

import { useInteraction } from "../elements/interaction";
import type { FeedbackElement, IconButtonElement, TextObject } from "../elements/types";
import { plainOf } from "../text/Text";
import type { ContextActionsBlock } from "./types";

export function ContextActions({ block: { block_id: blockId = "", elements } }: { block: ContextActionsBlock }) {
  return elements.map((element) =>
    element.type === "feedback_buttons" ? (
      <Feedback key={element.action_id} element={element} blockId={blockId} />
    ) : (
      <IconButton key={element.action_id} element={element} blockId={blockId} />
    ),
  );
}

function Feedback({ element, blockId }: { element: FeedbackElement; blockId: string }) {
  const { dispatch } = useInteraction();
  const { type, action_id, positive_button: good, negative_button: bad } = element;
  const send = ({ text, value }: { text: TextObject; value: string }) =>
    void dispatch({ type, block_id: blockId, action_id, text, value });
  return (
    <>
      <button type="button" className="icon-button" aria-label={plainOf(good.text)} onClick={() => send(good)}>
        👍
      </button>
      <button type="button" className="icon-button" aria-label={plainOf(bad.text)} onClick={() => send(bad)}>
        👎
      </button>
    </>
  );
}

function IconButton({ element, blockId }: { element: IconButtonElement; blockId: string }) {
  const { dispatch } = useInteraction();
  const { type, action_id, text, value, confirm } = element;
  const onClick = () =>
    void dispatch({ type, block_id: blockId, action_id, text, ...(value !== undefined && { value }) }, confirm);
  return (
    <button type="button" className="icon-button" onClick={onClick}>
      <span aria-hidden="true">{element.icon === "trash" ? "🗑" : "•"}</span> {plainOf(text)}
    </button>
  );
}

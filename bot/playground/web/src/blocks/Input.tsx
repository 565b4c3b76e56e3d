import { useId } from "react";
import { ElementView } from "../elements/Element";
import { useInteraction } from "../elements/interaction";
import { PlainText } from "../text/Text";
import type { InputBlock } from "./types";

export function Input({ block }: { block: InputBlock }) {
  const { errors } = useInteraction();
  const id = useId();
  const blockId = block.block_id ?? "";
  const error = errors[blockId];
  return (
    <div className={error ? "input-block invalid" : "input-block"}>
      <span className="input-label" id={`${id}-label`}>
        <PlainText text={block.label} />
        {block.optional && <span className="optional"> (optional)</span>}
      </span>
      <ElementView
        element={block.element}
        blockId={blockId}
        dispatches={block.dispatch_action ?? false}
        labelledBy={`${id}-label`}
        describedBy={`${id}-hint`}
      />
      <div id={`${id}-hint`}>
        {error && (
          <span className="input-error" role="alert">
            {error}
          </span>
        )}
        {block.hint && (
          <span className="input-hint">
            <PlainText text={block.hint} />
          </span>
        )}
      </div>
    </div>
  );
}

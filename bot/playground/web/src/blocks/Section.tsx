import { ElementView } from "../elements/Element";
import { Text } from "../text/Text";
import { Picture } from "./Image";
import type { SectionBlock } from "./types";

export function Section({ block: { block_id: blockId = "", text, fields, accessory } }: { block: SectionBlock }) {
  return (
    <>
      <div className="section-main">
        {text && <Text text={text} />}
        {fields && (
          <div className="fields">
            {fields.map((field, index) => (
              <div key={index} className="field-text">
                <Text text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory && (
        <div className="accessory">
          {accessory.type === "image" ? (
            <Picture image={accessory} />
          ) : (
            <ElementView element={accessory} blockId={blockId} dispatches />
          )}
        </div>
      )}
    </>
  );
}

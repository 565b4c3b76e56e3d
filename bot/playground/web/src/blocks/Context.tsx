import { Text } from "../text/Text";
import { Picture } from "./Image";
import type { ContextBlock } from "./types";

export function Context({ block }: { block: ContextBlock }) {
  return block.elements.map((element, index) =>
    element.type === "image" ? <Picture key={index} image={element} /> : <Text key={index} text={element} />,
  );
}

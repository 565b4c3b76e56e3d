import { PlainText, Text } from "../text/Text";
import { Blocks } from "./Blocks";
import { Picture } from "./Image";
import { RichText } from "./RichText";
import type { ContainerBlock } from "./types";

export function Container({ block }: { block: ContainerBlock }) {
  const { child_blocks: children, is_collapsible: folds = false, default_collapsed: folded = false } = block;
  const className = `container width-${block.width ?? "standard"}`;
  if (folds)
    return (
      <details className={className} open={!folded}>
        <summary>
          <Head block={block} />
        </summary>
        <Blocks blocks={children} />
      </details>
    );
  return (
    <div className={className}>
      <div className={block.has_header_divider ? "container-head divided" : "container-head"}>
        <Head block={block} />
      </div>
      <Blocks blocks={children} />
    </div>
  );
}

function Head({ block: { icon, title, rich_text_title: richTitle, subtitle } }: { block: ContainerBlock }) {
  return (
    <span className="container-names">
      {icon && <Picture image={icon} />}
      <span className="container-title">
        {title && <PlainText text={title} />}
        {richTitle && <RichText block={richTitle} />}
      </span>
      {subtitle && (
        <span className="container-subtitle">
          <Text text={subtitle} />
        </span>
      )}
    </span>
  );
}

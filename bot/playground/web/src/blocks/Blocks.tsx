import { lazy, memo, Suspense } from "react";
import { ElementView } from "../elements/Element";
import { PlainText } from "../text/Text";
import { Alert } from "./Alert";
import { Context } from "./Context";
import { ContextActions } from "./ContextActions";
import { ImageBlock } from "./Image";
import { Input } from "./Input";
import { RichText } from "./RichText";
import { Section } from "./Section";
import { DataTable, Table } from "./Table";
import type { Block } from "./types";

// Large and rarely needed: only cards, plans and the like come with it.
const LibraryBlock = lazy(() => import("./LibraryBlock"));

export const Blocks = memo(function Blocks({ blocks }: { blocks: Block[] }) {
  return (
    <div className="blocks">
      {blocks.map((block, index) => (
        <div key={block.block_id ?? index} className={`block block-${block.type}`} data-block-id={block.block_id}>
          <BlockView block={block} />
        </div>
      ))}
    </div>
  );
});

function BlockView({ block }: { block: Block }) {
  switch (block.type) {
    case "section":
      return <Section block={block} />;
    case "header":
      return (
        <h2>
          <PlainText text={block.text} />
        </h2>
      );
    case "divider":
      return <hr />;
    case "context":
      return <Context block={block} />;
    case "actions":
      return block.elements.map((element) => (
        <ElementView key={element.action_id} element={element} blockId={block.block_id ?? ""} dispatches />
      ));
    case "input":
      return <Input block={block} />;
    case "rich_text":
      return <RichText block={block} />;
    case "table":
      return <Table block={block} />;
    case "data_table":
      return <DataTable block={block} />;
    case "alert":
      return <Alert block={block} />;
    case "context_actions":
      return <ContextActions block={block} />;
    case "image":
      return <ImageBlock image={block} />;
    default:
      return (
        <Suspense fallback={<span className="unknown">…</span>}>
          <LibraryBlock block={block} />
        </Suspense>
      );
  }
}

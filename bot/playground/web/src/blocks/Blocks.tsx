import { memo } from "react";
import { ElementView } from "../elements/Element";
import { Markdown } from "../text/Markdown";
import { PlainText } from "../text/Text";
import { Alert } from "./Alert";
import { Card, Carousel } from "./Card";
import { Container } from "./Container";
import { Context } from "./Context";
import { ContextActions } from "./ContextActions";
import { RemoteFile, Video } from "./Elsewhere";
import { ImageBlock } from "./Image";
import { Input } from "./Input";
import { RichText } from "./RichText";
import { Section } from "./Section";
import { DataTable, Table } from "./Table";
import { Plan, TaskCard } from "./Tasks";
import type { Block } from "./types";
import { Unknown } from "./Unknown";

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
    case "card":
      return <Card block={block} />;
    case "carousel":
      return <Carousel block={block} />;
    case "container":
      return <Container block={block} />;
    case "task_card":
      return <TaskCard block={block} />;
    case "plan":
      return <Plan block={block} />;
    case "markdown":
      return <Markdown text={block.text} />;
    case "video":
      return <Video block={block} />;
    case "file":
      return <RemoteFile block={block} />;
    default:
      return <Unknown block={block} />;
  }
}

import { Fragment, memo, useMemo } from "react";
import { type Inline, type Paragraph, parse } from "./mrkdwn";
import { DateTime, Emoji, GroupMention, Link, Mention } from "./parts";

export const Mrkdwn = memo(function Mrkdwn({ text, verbatim = false }: { text: string; verbatim?: boolean }) {
  const paragraphs = useMemo(() => parse(text, { autolink: !verbatim }), [text, verbatim]);
  return (
    <div className="text">
      {paragraphs.map((paragraph, index) => (
        <ParagraphView key={index} paragraph={paragraph} />
      ))}
    </div>
  );
});

function ParagraphView({ paragraph }: { paragraph: Paragraph }) {
  switch (paragraph.kind) {
    case "lines":
      return (
        <p>
          <Inlines nodes={paragraph.children} />
        </p>
      );
    case "quote":
      return (
        <blockquote>
          <Inlines nodes={paragraph.children} />
        </blockquote>
      );
    case "preformatted":
      return <pre>{paragraph.text}</pre>;
  }
}

function Inlines({ nodes }: { nodes: Inline[] }) {
  return nodes.map((node, index) => (
    <Fragment key={index}>
      <InlineNode node={node} />
    </Fragment>
  ));
}

function InlineNode({ node }: { node: Inline }) {
  switch (node.kind) {
    case "text":
      return node.text;
    case "bold":
      return (
        <strong>
          <Inlines nodes={node.children} />
        </strong>
      );
    case "italic":
      return (
        <em>
          <Inlines nodes={node.children} />
        </em>
      );
    case "strike":
      return (
        <s>
          <Inlines nodes={node.children} />
        </s>
      );
    case "code":
      return <code>{node.text}</code>;
    case "emoji":
      return <Emoji name={node.name} />;
    case "link":
      return (
        <Link url={node.url}>
          <Inlines nodes={node.label} />
        </Link>
      );
    case "user":
    case "channel":
      return <Mention {...node} />;
    case "group":
      return <GroupMention name={node.label ?? node.id} />;
    case "broadcast":
      return <GroupMention name={`@${node.range}`} />;
    case "date":
      return <DateTime timestamp={node.timestamp} format={node.format} fallback={node.fallback} url={node.link} />;
  }
}

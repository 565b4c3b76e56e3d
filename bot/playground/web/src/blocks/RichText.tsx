import type { CSSProperties, ReactNode } from "react";
import { DateTime, Emoji, GroupMention, Link, Mention } from "../text/parts";
import type { RichElement, RichInline, RichList, RichTextBlock, Style } from "./types";

export function RichText({ block }: { block: RichTextBlock }) {
  return (
    <div className="text">
      {block.elements.map((element, index) => (
        <RichElementView key={index} element={element} />
      ))}
    </div>
  );
}

function RichElementView({ element }: { element: RichElement }) {
  switch (element.type) {
    case "rich_text_section":
      return (
        <p>
          <RichInlines elements={element.elements} />
        </p>
      );
    case "rich_text_quote":
      return (
        <blockquote>
          <RichInlines elements={element.elements} />
        </blockquote>
      );
    case "rich_text_preformatted":
      return (
        <pre>
          <RichInlines elements={element.elements} />
        </pre>
      );
    case "rich_text_list":
      return <List list={element} />;
    default:
      return null;
  }
}

const ORDERED = ["decimal", "lower-alpha", "lower-roman"];
const BULLETS = ["disc", "circle", "square"];

function List({ list }: { list: RichList }) {
  const indent = list.indent ?? 0;
  const ordered = list.style === "ordered";
  const markers = ordered ? ORDERED : BULLETS;
  const style: CSSProperties = { marginLeft: `${indent * 1.75}em`, listStyleType: markers[indent % markers.length] };
  const items = list.elements.map((item, index) => (
    <li key={index}>
      <RichInlines elements={item.elements} />
    </li>
  ));
  return ordered ? (
    <ol start={(list.offset ?? 0) + 1} style={style}>
      {items}
    </ol>
  ) : (
    <ul style={style}>{items}</ul>
  );
}

function RichInlines({ elements }: { elements: RichInline[] }) {
  return elements.map((element, index) => (
    <Styled key={index} style={element.style}>
      <RichInlineView element={element} />
    </Styled>
  ));
}

/** Text is shown as it is: rich text knows no markup but its own elements. */
function RichInlineView({ element }: { element: RichInline }) {
  switch (element.type) {
    case "text":
      return element.text;
    case "link":
      return <Link url={element.url}>{element.text ?? element.url}</Link>;
    case "emoji":
      return <Emoji name={element.name} />;
    case "user":
      return <Mention kind="user" id={element.user_id} />;
    case "channel":
      return <Mention kind="channel" id={element.channel_id} />;
    case "usergroup":
      return <GroupMention name={element.usergroup_id} />;
    case "broadcast":
      return <GroupMention name={`@${element.range}`} />;
    case "color":
      return element.value;
    case "date":
      return (
        <DateTime timestamp={element.timestamp} format={element.format} fallback={element.fallback} url={element.url} />
      );
    default:
      return null;
  }
}

function Styled({ style = {}, children }: { style?: Style | undefined; children: ReactNode }) {
  let styled = children;
  if (style.code) styled = <code>{styled}</code>;
  if (style.bold) styled = <strong>{styled}</strong>;
  if (style.italic) styled = <em>{styled}</em>;
  if (style.strike) styled = <s>{styled}</s>;
  if (style.underline) styled = <u>{styled}</u>;
  return styled;
}

/** The `markdown` block: CommonMark with tables and strike-through. `marked` reads it, nothing of it becomes HTML. */
import { marked, type Token, type Tokens } from "marked";
import { Fragment, memo, useMemo } from "react";
import { Emoji, Link, Mention } from "./parts";
import { decodeEntities, piecesOf } from "./pieces";

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  const tokens = useMemo(() => marked.lexer(text), [text]);
  return (
    <div className="markdown">
      <Tree tokens={tokens} />
    </div>
  );
});

function Tree({ tokens = [] }: { tokens?: Token[] | undefined }) {
  return tokens.map((token, index) => (
    <Fragment key={index}>
      <Leaf token={token} />
    </Fragment>
  ));
}

/** What `marked` may add one day is shown as it was written. */
function Leaf({ token }: { token: Token }) {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      return (
        <p className="markdown-heading" role="heading" aria-level={Math.min(6, token.depth + 2)}>
          <Tree tokens={token.tokens} />
        </p>
      );
    case "paragraph":
      return (
        <p>
          <Tree tokens={token.tokens} />
        </p>
      );
    case "blockquote":
      return (
        <blockquote>
          <Tree tokens={token.tokens} />
        </blockquote>
      );
    case "code":
      return <pre>{token.text}</pre>;
    case "list":
      return <List list={token as Tokens.List} />;
    case "checkbox":
      return <input type="checkbox" checked={token.checked} readOnly disabled aria-label="Task" />;
    case "table":
      return <MarkdownTable table={token as Tokens.Table} />;
    case "hr":
      return <hr />;
    case "br":
      return <br />;
    case "strong":
      return (
        <strong>
          <Tree tokens={token.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Tree tokens={token.tokens} />
        </em>
      );
    case "del":
      return (
        <s>
          <Tree tokens={token.tokens} />
        </s>
      );
    case "codespan":
      return <code>{token.text}</code>;
    case "link":
      return (
        <Link url={token.href}>
          <Tree tokens={token.tokens} />
        </Link>
      );
    case "image":
      return <span className="picture-elsewhere">🖼 {token.text || token.href}</span>;
    case "escape":
      return token.text;
    case "text":
      return token.tokens ? <Tree tokens={token.tokens} /> : <Words text={token.text} />;
    default:
      return <Words text={token.raw} />;
  }
}

function Words({ text }: { text: string }) {
  return piecesOf(text).map((piece, index) => (
    <Fragment key={index}>
      {piece.kind === "text" ? (
        decodeEntities(piece.text)
      ) : piece.kind === "emoji" ? (
        <Emoji name={piece.name} />
      ) : (
        <Mention kind={piece.kind} id={piece.id} />
      )}
    </Fragment>
  ));
}

function List({ list }: { list: Tokens.List }) {
  const items = list.items.map((item, index) => (
    <li key={index} className={item.task ? "task" : undefined}>
      <Tree tokens={item.tokens} />
    </li>
  ));
  return list.ordered ? <ol start={list.start || 1}>{items}</ol> : <ul>{items}</ul>;
}

function MarkdownTable({ table }: { table: Tokens.Table }) {
  const classOf = ({ align }: Tokens.TableCell) => `wrapped align-${align ?? "left"}`;
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>
            {table.header.map((cell, column) => (
              <th key={column} scope="col" className={classOf(cell)}>
                <Tree tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} className={classOf(cell)}>
                  <Tree tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

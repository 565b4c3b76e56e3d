/**
 * The rarer blocks, drawn by slack-blocks-to-jsx.
 *
 * It reads plain_text as mrkdwn and loses text inside code spans, so the page draws everything else itself. Its buttons
 * have no callbacks: a click is traced back to the element by its DOM id, which is the action id.
 */
import { type MouseEvent, useMemo } from "react";
import { Message, type MessageProps } from "slack-blocks-to-jsx";
import "slack-blocks-to-jsx/dist/style.css";
import { useInteraction } from "../elements/interaction";
import type { ButtonElement } from "../elements/types";
import { useDirectory } from "../live/context";
import { useDark } from "../shell/useMedia";
import { Link } from "../text/parts";
import type { Block } from "./types";

const DRAWN = new Set(["markdown", "plan", "task_card", "card", "carousel", "data_visualization"]);

const HOOKS: MessageProps["hooks"] = {
  link: ({ href, children }) => <Link url={href}>{children}</Link>,
};

export default function LibraryBlock({ block }: { block: Block }) {
  const { users, channels } = useDirectory();
  const { dispatch } = useInteraction();
  const dark = useDark();
  const data = useMemo(() => ({ users: [...users.values()], channels: [...channels.values()] }), [users, channels]);

  if (!DRAWN.has(block.type)) return <Unknown block={block} />;

  const onClick = (event: MouseEvent) => {
    const id = (event.target as Element).closest("button")?.id;
    const button = id && buttonsIn(block).find(({ action_id }) => action_id === id);
    if (!button) return;
    const { type, action_id, value, text, confirm } = button;
    const action = { type, block_id: block.block_id ?? "", action_id, text, ...(value !== undefined && { value }) };
    void dispatch(action, confirm);
  };

  return (
    <div onClick={onClick}>
      <Message
        blocks={[block] as unknown as MessageProps["blocks"]}
        withoutWrapper
        theme={dark ? "dark" : "light"}
        logo=""
        name=""
        data={data}
        hooks={HOOKS}
      />
    </div>
  );
}

/** Said rather than dropped: a bot's author should see what the page cannot draw. */
function Unknown({ block }: { block: Block }) {
  return (
    <details className="unknown">
      <summary>A block of type “{block.type}” that the local Slack does not draw</summary>
      <pre>{JSON.stringify(block, null, 2)}</pre>
    </details>
  );
}

function buttonsIn(part: unknown): ButtonElement[] {
  if (typeof part !== "object" || part === null) return [];
  const own = "type" in part && part.type === "button" ? [part as ButtonElement] : [];
  return [...own, ...Object.values(part).flatMap(buttonsIn)];
}

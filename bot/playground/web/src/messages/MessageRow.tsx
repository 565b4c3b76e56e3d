import { memo, useMemo, useState } from "react";
import { Blocks } from "../blocks/Blocks";
import { InteractionProvider } from "../elements/interaction";
import type { Values } from "../elements/types";
import { keepUnlessReset } from "../elements/values";
import type { Container } from "../live/api";
import type { Message } from "../live/types";
import { Avatar } from "../shell/Avatar";
import { Mark } from "../shell/Mark";
import { dateOfTs, fullTimeOf, timeOf } from "../text/dates";
import { Mrkdwn } from "../text/MrkdwnView";
import { useAuthor } from "./author";
import { EditBox } from "./EditBox";
import { FileCard } from "./FileCard";
import { Reactions } from "./Reactions";
import { ReplyBar } from "./ReplyBar";
import { Toolbar } from "./Toolbar";
import type { ReplySummary } from "./thread";

interface MessageRowProps {
  message: Message;
  channel: string;
  compact: boolean;
  pinned: boolean;
  /** Where replies are summarised below the message: the channel, not the thread. */
  replies?: ReplySummary | undefined;
  inThread?: boolean;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, channel, compact, pinned, replies, inThread = false } = props;
  const author = useAuthor(message);
  const [editing, setEditing] = useState(false);
  const date = dateOfTs(message.ts);
  const marks = [message.is_ephemeral && "ephemeral", pinned && "pinned", compact && "compact"].filter(Boolean);
  const time = (
    <time className="stamp" dateTime={date.toISOString()} title={fullTimeOf(date)}>
      {timeOf(date)}
    </time>
  );

  return (
    <article
      className={`message ${marks.join(" ")}`}
      data-ts={message.ts}
      data-ephemeral={message.is_ephemeral ? "" : undefined}
      aria-label={`${author.name}, ${timeOf(date)}`}
    >
      <div className="gutter">
        {compact ? time : <Avatar name={author.name} color={author.color} app={author.app} />}
      </div>
      <div className="message-body">
        {pinned && (
          <div className="message-mark">
            <Mark of="pin" /> Pinned
          </div>
        )}
        {message.is_ephemeral && (
          <div className="message-mark">
            <Mark of="eye" /> Only visible to you
          </div>
        )}
        {message.subtype === "thread_broadcast" && <div className="message-mark">replied to a thread</div>}
        {!compact && (
          <div className="byline">
            <span className="author">{author.name}</span>
            {author.app && <span className="badge">APP</span>}
            {time}
            {message.blocks?.length ? <Edited message={message} /> : null}
          </div>
        )}
        {editing ? (
          <EditBox message={message} channel={channel} onDone={() => setEditing(false)} />
        ) : (
          <Content message={message} channel={channel} compact={compact} />
        )}
        {message.files?.map((file) => (
          <FileCard key={file.id} file={file} />
        ))}
        {message.reactions && <Reactions message={message} channel={channel} />}
        {replies && <ReplyBar root={message.ts} summary={replies} />}
      </div>
      <Toolbar message={message} channel={channel} inThread={inThread} onEdit={() => setEditing(true)} />
    </article>
  );
});

/** That a message was edited. Beside blocks it stands in the byline, where it takes no line of its own. */
function Edited({ message: { edited } }: { message: Message }) {
  return (
    edited && (
      <span className="edited" title={fullTimeOf(dateOfTs(edited.ts))}>
        (edited)
      </span>
    )
  );
}

function Content({ message, channel, compact }: { message: Message; channel: string; compact: boolean }) {
  if (message.blocks?.length)
    return (
      <>
        <MessageBlocks message={message} channel={channel} />
        {compact && <Edited message={message} />}
      </>
    );
  if (!message.text) return <Edited message={message} />;
  return (
    <div className="message-text">
      <Mrkdwn text={message.text} />
      <Edited message={message} />
    </div>
  );
}

function MessageBlocks({ message, channel }: { message: Message; channel: string }) {
  const blocks = message.blocks ?? [];
  const [edits, setEdits] = useState<Values>({});
  const [seen, setSeen] = useState(blocks);
  if (seen !== blocks) {
    setSeen(blocks);
    setEdits(keepUnlessReset(edits, seen, blocks));
  }
  const container = useMemo<Container>(
    () => ({
      type: "message",
      channel,
      message_ts: message.ts,
      ...(message.thread_ts && { thread_ts: message.thread_ts }),
    }),
    [channel, message.ts, message.thread_ts],
  );
  return (
    <InteractionProvider blocks={blocks} container={container} edits={edits} onEdit={setEdits}>
      <Blocks blocks={blocks} />
    </InteractionProvider>
  );
}

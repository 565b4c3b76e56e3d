/** What lies on other machines: named, never fetched. */
import { Link } from "../text/parts";
import { PlainText, plainOf } from "../text/Text";
import type { RemoteFileBlock, VideoBlock } from "./types";

export function Video({ block }: { block: VideoBlock }) {
  const by = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  return (
    <div className="elsewhere">
      <div className="elsewhere-title">
        <span aria-hidden="true">▶ </span>
        <Link url={block.title_url ?? block.video_url}>
          <PlainText text={block.title} />
        </Link>
      </div>
      {by && <div className="elsewhere-by">{by}</div>}
      {block.description && <PlainText text={block.description} />}
      <span className="picture-elsewhere" role="img" aria-label={block.alt_text} title={plainOf(block.title)}>
        🖼 {block.alt_text}
      </span>
    </div>
  );
}

export function RemoteFile({ block }: { block: RemoteFileBlock }) {
  return (
    <div className="elsewhere">
      <span aria-hidden="true">📄 </span>Remote file {block.external_id}
    </div>
  );
}

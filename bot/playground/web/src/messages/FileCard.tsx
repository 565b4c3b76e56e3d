import { useEffect, useState } from "react";
import type { SlackFile } from "../live/types";
import { Mark } from "../shell/Mark";

const PREVIEW_BYTES = 256 * 1024;
const FOLDED_LINES = 12;

export function FileCard({ file }: { file: SlackFile }) {
  const url = `/files/${encodeURIComponent(file.id)}/${encodeURIComponent(file.name)}`;
  const type = file.mimetype ?? "";
  const title = file.title || file.name;
  const isText = /^text\/|json|xml|yaml/.test(type) || /\.(txt|md|json|jsonl|log|csv|ya?ml)$/i.test(file.name);

  return (
    <section className="file" aria-label={`File ${file.name}`} data-file-id={file.id}>
      <header>
        <span className="file-icon" aria-hidden="true">
          <Mark of="file" />
        </span>
        <span className="file-names">
          <span className="file-name">{title}</span>
          <span className="file-meta">
            {title === file.name ? "" : `${file.name} · `}
            {sizeOf(file.size)}
          </span>
        </span>
        <a className="button" href={url} download={file.name} aria-label={`Download ${file.name}`}>
          Download
        </a>
      </header>
      {type.startsWith("image/") && (
        <a href={url} target="_blank" rel="noreferrer">
          <img src={url} alt={file.alt_txt || title} />
        </a>
      )}
      {isText && (file.size ?? 0) <= PREVIEW_BYTES && <TextPreview url={url} />}
    </section>
  );
}

function TextPreview({ url }: { url: string }) {
  const [text, setText] = useState<string | null>(null);
  const [unfolded, setUnfolded] = useState(false);

  useEffect(() => {
    const abort = new AbortController();
    fetch(url, { signal: abort.signal })
      .then((response) => (response.ok ? response.text() : Promise.reject(new Error(response.statusText))))
      .then(setText)
      .catch(() => undefined); // A preview is a nicety: the download link tells what is wrong.
    return () => abort.abort();
  }, [url]);

  if (text === null) return null;
  const lines = text.split("\n");
  const folded = lines.length > FOLDED_LINES && !unfolded;
  return (
    <>
      <pre className="file-preview" tabIndex={0}>
        {folded ? lines.slice(0, FOLDED_LINES).join("\n") : text}
      </pre>
      {lines.length > FOLDED_LINES && (
        <button type="button" className="link" aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
          {folded ? `Show all ${lines.length} lines` : "Show less"}
        </button>
      )}
    </>
  );
}

function sizeOf(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  if (bytes < 1024) return `${bytes} bytes`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${kilobytes.toFixed(1)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}

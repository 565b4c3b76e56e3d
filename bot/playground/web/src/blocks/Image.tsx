import { PlainText } from "../text/Text";
import type { ImageElement } from "./types";

export function ImageBlock({ image }: { image: ImageElement }) {
  return (
    <figure>
      {image.title && (
        <figcaption>
          <PlainText text={image.title} />
        </figcaption>
      )}
      <Picture image={image} />
    </figure>
  );
}

/** Slack fetches pictures from elsewhere through its own servers; this page fetches none and says so. */
export function Picture({ image }: { image: ImageElement }) {
  const source = localSource(image);
  if (source) return <img src={source} alt={image.alt_text} title={image.alt_text} />;
  return (
    <span className="picture-elsewhere" role="img" aria-label={image.alt_text} title={image.image_url}>
      🖼 {image.alt_text}
    </span>
  );
}

function localSource({ image_url: url, slack_file: file }: ImageElement): string | undefined {
  if (file?.id) return `/files/${encodeURIComponent(file.id)}/image`;
  const source = url ?? file?.url;
  if (!source || !URL.canParse(source, window.location.href)) return undefined;
  const { origin, pathname } = new URL(source, window.location.href);
  return origin === window.location.origin ? pathname : undefined;
}

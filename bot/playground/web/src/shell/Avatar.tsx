import { memo } from "react";

const COLORS = ["#9c3a6e", "#2f6f8f", "#3d7a4a", "#8a5a1f", "#5b4b9a", "#a0473b", "#3b6ea0", "#6b6b2a"];
const GEAR = "\u2699\uFE0E";

interface AvatarProps {
  name: string;
  color?: string | undefined;
  app?: boolean;
}

/** Initials on the person's colour: no picture is fetched from anywhere. */
export const Avatar = memo(function Avatar({ name, color, app = false }: AvatarProps) {
  const backgroundColor = color ? `#${color.replace(/^#/, "")}` : COLORS[hash(name) % COLORS.length];
  const char = app ? GEAR : initials(name);
  return (
    <span
      className={app ? "avatar icon app" : "avatar icon"}
      style={{ backgroundColor }}
      data-char={char}
      aria-hidden="true"
    />
  );
});

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase())
    .join("");
}

function hash(text: string): number {
  return [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7);
}

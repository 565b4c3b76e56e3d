// The page's own marks, drawn: a machine without an emoji font shows boxes in their place.
const SHAPES = {
  eye: "M8 3.2c3.6 0 6 2.7 7.2 4.8C14 10.1 11.6 12.8 8 12.8S2 10.1.8 8C2 5.9 4.4 3.2 8 3.2zm0 1.6C5.4 4.8 3.7 6.5 2.7 8c1 1.5 2.7 3.2 5.3 3.2S12.3 9.5 13.3 8c-1-1.5-2.7-3.2-5.3-3.2zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  file: "M3 1h6.5L13 4.5V15H3zm1.5 1.5v11h7V5.5H8.5v-3zM5.5 8h5v1.2h-5zm0 2.5h5v1.2h-5z",
  people:
    "M5.5 2.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM1 13.5c0-3 1.9-5 4.5-5s4.5 2 4.5 5zM11 3.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4zm.3 10c0-2-.6-3.6-1.7-4.8.4-.1.9-.2 1.4-.2 2.3 0 4 1.8 4 5z",
  pin: "M9.8 1 15 6.2l-1.1 1.1-.7-.2-2.7 2.7.1 2.7-1 1-3-3L2.3 14.8l-1.1-1.1L5.5 9.4l-3-3 1-1 2.7.1 2.7-2.7-.2-.7z",
};

interface MarkProps {
  of: keyof typeof SHAPES;
}

export function Mark({ of }: MarkProps) {
  return (
    <svg className="mark" viewBox="0 0 16 16" width="1em" height="1em" aria-hidden="true">
      <path d={SHAPES[of]} fill="currentColor" fillRule="evenodd" />
    </svg>
  );
}

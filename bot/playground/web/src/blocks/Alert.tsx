import { Text } from "../text/Text";
import type { AlertBlock } from "./types";

const MARKS = { default: "ℹ", info: "ℹ", warning: "⚠", error: "✖", success: "✔" };

export function Alert({ block: { text, level = "default" } }: { block: AlertBlock }) {
  return (
    <div className={`alert alert-${level}`} role="status">
      <span aria-hidden="true">{MARKS[level]}</span>
      <Text text={text} />
    </div>
  );
}

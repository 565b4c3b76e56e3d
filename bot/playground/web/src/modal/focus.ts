/**
 * Remember what has the focus, and return what gives it back: to the same button, or to the one that stands in its place
 * where its message was edited meanwhile.
 */
export function rememberFocus(): () => void {
  const before = document.activeElement as HTMLElement | null;
  const message = before?.closest("article");
  const action = before?.dataset.actionId;
  return () => {
    const same = action && message?.querySelector<HTMLElement>(`[data-action-id="${CSS.escape(action)}"]`);
    const there = before?.isConnected ? before : same || null;
    there?.focus();
  };
}

import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react";
import { rememberFocus } from "./focus";

interface DialogProps {
  labelledBy: string;
  className: string;
  onEscape: () => void;
  children: ReactNode;
}

/** The browser's own modal dialog: it traps the focus and makes the page behind it inert. */
export function Dialog({ labelledBy, className, onEscape, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);

  // Opened before paint, so that `autoFocus` inside finds something visible.
  useLayoutEffect(() => {
    const opened = dialog.current;
    const giveBack = rememberFocus();
    opened?.showModal();
    return () => {
      opened?.close();
      giveBack();
    };
  }, []);

  // Chromium closes a dialog at the second Escape whatever the page says; what is open is the server's to tell.
  useEffect(() => {
    const opened = dialog.current;
    const reopen = () => opened?.isConnected && !opened.open && opened.showModal();
    opened?.addEventListener("close", reopen);
    return () => opened?.removeEventListener("close", reopen);
  }, []);

  // On the document: when an update removes the focused button, the focus is on nothing and keys miss the dialog.
  // Before paint: a key that comes right after the top view closed is meant for the one that is seen then.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const topmost = [...document.querySelectorAll("dialog[open]")].at(-1);
      if (event.key !== "Escape" || event.defaultPrevented || topmost !== dialog.current) return;
      event.preventDefault();
      onEscape();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [onEscape]);

  return (
    <dialog
      ref={dialog}
      className={`dialog ${className}`}
      aria-labelledby={labelledBy}
      onCancel={(event) => event.preventDefault()}
    >
      {children}
    </dialog>
  );
}

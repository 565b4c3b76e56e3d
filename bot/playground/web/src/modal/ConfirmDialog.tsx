import { createContext, type ReactNode, useCallback, useContext, useId, useState } from "react";
import type { Confirm } from "../elements/types";
import { PlainText, Text } from "../text/Text";
import { Dialog } from "./Dialog";

type Ask = (confirm: Confirm) => Promise<boolean>;

const ConfirmContext = createContext<Ask>(() => Promise.resolve(true));

/** Asks a `confirm` object's question; resolves to the answer. */
export function useConfirm(): Ask {
  return useContext(ConfirmContext);
}

interface Question {
  confirm: Confirm;
  answer: (yes: boolean) => void;
}

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [question, setQuestion] = useState<Question | null>(null);
  const ask = useCallback<Ask>(
    (confirm) =>
      new Promise((resolve) => {
        const answer = (yes: boolean) => {
          setQuestion(null);
          resolve(yes);
        };
        setQuestion({ confirm, answer });
      }),
    [],
  );
  return (
    <ConfirmContext value={ask}>
      {children}
      {question && <ConfirmDialog {...question} />}
    </ConfirmContext>
  );
}

function ConfirmDialog({ confirm, answer }: Question) {
  const id = useId();
  return (
    <Dialog labelledBy={id} className="confirm" onEscape={() => answer(false)}>
      <header className="dialog-header">
        <h2 id={id}>
          <PlainText text={confirm.title} />
        </h2>
      </header>
      <div className="dialog-body">
        <Text text={confirm.text} />
      </div>
      <footer className="dialog-footer">
        <button type="button" className="button" onClick={() => answer(false)}>
          <PlainText text={confirm.deny} />
        </button>
        <button type="button" autoFocus className={`button ${confirm.style ?? "primary"}`} onClick={() => answer(true)}>
          <PlainText text={confirm.confirm} />
        </button>
      </footer>
    </Dialog>
  );
}

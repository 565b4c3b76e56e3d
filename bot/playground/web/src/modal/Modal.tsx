import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { Blocks } from "../blocks/Blocks";
import { InteractionProvider } from "../elements/interaction";
import { collect, keepEdits, validate } from "../elements/values";
import type { Container } from "../live/api";
import { useDirectory } from "../live/context";
import type { InputErrors, View } from "../live/types";
import { PlainText } from "../text/Text";

interface ModalProps {
  view: View;
  hidden: boolean;
  /** The view that closing this one leads back to. */
  below: View | undefined;
  titleId: string;
  errors: InputErrors | undefined;
  onClose: () => void;
  onCloseAll: () => void;
}

export function Modal({ view, hidden, below, titleId, errors: told, onClose, onCloseAll }: ModalProps) {
  const { edits, setEdits, errors, problem, submitting, onSubmit } = useForm(view, told);
  const container = useMemo<Container>(() => ({ type: "view", view_id: view.id }), [view.id]);
  const form = useRef<HTMLFormElement>(null);

  // The dialog focuses its first control on opening; a view that is pushed onto it has to do so itself.
  useEffect(() => {
    if (hidden) return;
    const body = form.current?.querySelector(".dialog-body");
    body?.scrollTo({ top: 0 });
    const first = body?.querySelector<HTMLElement>("[autofocus], input, textarea, [role=combobox]");
    (first ?? form.current?.querySelector<HTMLElement>(".dialog-footer button, .dialog-header button"))?.focus();
  }, [hidden]);

  // The whole block, not the field alone: what is wrong stands below it, where the footer would cover it.
  useEffect(() => {
    const first = form.current?.querySelector(".invalid");
    first?.querySelector<HTMLElement>(".field, input")?.focus({ preventScroll: true });
    first?.scrollIntoView({ block: "nearest" });
  }, [errors]);
  useEffect(() => {
    if (problem) form.current?.querySelector(".dialog-body")?.scrollTo({ top: 0 });
  }, [problem]);

  return (
    <form ref={form} className="modal-view" hidden={hidden} noValidate onSubmit={(event) => void onSubmit(event)}>
      <header className="dialog-header">
        {below && (
          <button type="button" className="icon-button" aria-label="Back" onClick={onClose}>
            ←
          </button>
        )}
        <h2 id={titleId}>{view.title && <PlainText text={view.title} />}</h2>
        <button type="button" className="icon-button" aria-label="Close dialog" onClick={onCloseAll}>
          ✕
        </button>
      </header>
      <div className="dialog-body" tabIndex={-1}>
        {problem && (
          <p className="alert alert-error" role="alert">
            {problem}
          </p>
        )}
        <InteractionProvider blocks={view.blocks} container={container} edits={edits} onEdit={setEdits} errors={errors}>
          <Blocks blocks={view.blocks} />
        </InteractionProvider>
      </div>
      <footer className="dialog-footer">
        <button type="button" className="button" onClick={onClose}>
          {view.close ? <PlainText text={view.close} /> : below ? "Back" : view.submit ? "Cancel" : "Close"}
        </button>
        {view.submit && (
          <button type="submit" className="button primary" aria-busy={submitting} aria-disabled={submitting}>
            <PlainText text={view.submit} />
            {submitting && <span className="spinner" aria-hidden="true" />}
          </button>
        )}
      </footer>
    </form>
  );
}

/** What was typed, what is wrong with it, and sending it. Survives updates of the view. */
function useForm(view: View, told: InputErrors | undefined) {
  const { actions } = useDirectory();
  const [edits, setEdits] = useState(() => keepEdits(view.state?.values ?? {}, view.blocks));
  const [errors, setErrors] = useState<InputErrors>({});
  const [problem, setProblem] = useState("");
  const [submitting, setSubmitting] = useState(false);

  useEffect(() => setEdits((known) => keepEdits(known, view.blocks)), [view.blocks]);
  useEffect(() => setErrors(told ?? {}), [told]);

  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    if (submitting) return;
    const wrong = validate(view.blocks, edits);
    setErrors(wrong);
    setProblem("");
    if (Object.keys(wrong).length) return;
    setSubmitting(true);
    try {
      const answer = await actions.submitView(view.id, collect(view.blocks, edits));
      setErrors(answer.errors ?? {});
    } catch (error) {
      setProblem(`We had some trouble connecting. ${(error as Error).message}`);
    }
    setSubmitting(false);
  };

  return { edits, setEdits, errors, problem, submitting, onSubmit };
}

import { useId, useState } from "react";
import type { ApiError } from "../live/api";
import { useDirectory } from "../live/context";
import type { InputErrors, View } from "../live/types";
import { Dialog } from "./Dialog";
import { Modal } from "./Modal";

interface ModalStackProps {
  views: View[];
  errors: Record<string, InputErrors>;
}

/** The open views; those beneath the top one stay mounted, so that what was typed in them is there on the way back. */
export function ModalStack({ views, errors }: ModalStackProps) {
  const { open, close } = useClosing(views);
  const titleId = useId();
  const top = open.at(-1);
  if (!top) return null;

  return (
    <Dialog labelledBy={`${titleId}-${top.id}`} className="modal" onEscape={() => close(top)}>
      {open.map((view, index) => (
        <Modal
          key={view.id}
          view={view}
          hidden={view !== top}
          below={open[index - 1]}
          titleId={`${titleId}-${view.id}`}
          errors={errors[view.id]}
          onClose={() => close(top)}
          onCloseAll={() => close(open[0] ?? top)}
        />
      ))}
    </Dialog>
  );
}

/** A view goes at once when it is closed, with what lies on it: the next Escape is meant for the one that is seen then. */
function useClosing(views: View[]) {
  const { actions, notify } = useDirectory();
  const [closing, setClosing] = useState<string[]>([]);
  const first = views.findIndex((view) => closing.includes(view.id));

  const close = async (view: View) => {
    setClosing((known) => [...known, view.id]);
    try {
      await actions.closeView(view.id);
    } catch (error) {
      const failed = error as ApiError;
      if (failed.code === "view_not_found") return;
      setClosing((known) => known.filter((id) => id !== view.id));
      notify(failed.message);
    }
  };

  return { open: first < 0 ? views : views.slice(0, first), close: (view: View) => void close(view) };
}

import { useId } from "react";
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
  const { actions, notify } = useDirectory();
  const titleId = useId();
  const top = views.at(-1);
  if (!top) return null;

  // Closing a view closes what lies on it. One that is closed already, as by a second Escape, is what was wanted.
  const close = (view: View) =>
    void actions.closeView(view.id).catch((error: ApiError) => error.code !== "view_not_found" && notify(error.message));

  return (
    <Dialog labelledBy={`${titleId}-${top.id}`} className="modal" onEscape={() => close(top)}>
      {views.map((view) => (
        <Modal
          key={view.id}
          view={view}
          hidden={view !== top}
          below={views[views.indexOf(view) - 1]}
          titleId={`${titleId}-${view.id}`}
          errors={errors[view.id]}
          onClose={() => close(top)}
          onCloseAll={() => close(views[0] ?? top)}
        />
      ))}
    </Dialog>
  );
}

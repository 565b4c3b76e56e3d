/** How the elements of one message or view reach the bot. */
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import type { Block } from "../blocks/types";
import type { Container } from "../live/api";
import { useDirectory } from "../live/context";
import type { InputErrors } from "../live/types";
import { useConfirm } from "../modal/ConfirmDialog";
import type { ActionPayload, Confirm, InputElement, Value, Values } from "./types";
import { collect, initialOf } from "./values";

interface Interaction {
  edits: Values;
  errors: InputErrors;
  edit: (blockId: string, actionId: string, value: Value) => void;
  /** Resolves once the bot acknowledged, or the person thought better of it (false). */
  dispatch: (action: ActionPayload, confirm?: Confirm) => Promise<boolean>;
}

const InteractionContext = createContext<Interaction | null>(null);

export function useInteraction(): Interaction {
  const interaction = useContext(InteractionContext);
  if (!interaction) throw new Error("useInteraction is used outside of InteractionProvider");
  return interaction;
}

interface ProviderProps {
  blocks: Block[];
  container: Container;
  edits: Values;
  onEdit: (change: (edits: Values) => Values) => void;
  errors?: InputErrors;
  children: ReactNode;
}

const NO_ERRORS: InputErrors = {};

export function InteractionProvider({ blocks, container, edits, onEdit, errors = NO_ERRORS, children }: ProviderProps) {
  const { actions } = useDirectory();
  const confirmed = useConfirm();
  const [problem, setProblem] = useState("");

  const edit = useCallback(
    (blockId: string, actionId: string, value: Value) =>
      onEdit((known) => ({ ...known, [blockId]: { ...known[blockId], [actionId]: value } })),
    [onEdit],
  );

  const dispatch = useCallback(
    async (action: ActionPayload, confirm?: Confirm) => {
      if (confirm && !(await confirmed(confirm))) return false;
      const values = collect(blocks, edits);
      const byAction = values[action.block_id];
      if (byAction?.[action.action_id]) byAction[action.action_id] = withoutIds(action);
      setProblem("");
      await actions.act(action, container, values).catch((error: Error) => setProblem(error.message));
      return true;
    },
    [actions, blocks, confirmed, container, edits],
  );

  const interaction = useMemo(() => ({ edits, errors, edit, dispatch }), [edits, errors, edit, dispatch]);
  return (
    <InteractionContext value={interaction}>
      {children}
      {problem && (
        <p className="action-problem" role="alert">
          {problem}
        </p>
      )}
    </InteractionContext>
  );
}

function withoutIds({ block_id: _block, action_id: _action, ...value }: ActionPayload): Value {
  return value;
}

/** One element's place: where its value lives and whether changing it tells the bot at once. */
export interface Placement<E> {
  element: E;
  blockId: string;
  /** Elements outside of input blocks dispatch; those inside only where the block asks for it. */
  dispatches: boolean;
  labelledBy?: string | undefined;
  describedBy?: string | undefined;
}

/** An input's value, its setter, and `send`, which tells the bot about it. */
export function useInput({ element, blockId, dispatches }: Placement<InputElement>) {
  const { edits, edit, dispatch } = useInteraction();
  const [busy, setBusy] = useState(false);
  const actionId = element.action_id;
  const value = edits[blockId]?.[actionId] ?? initialOf(element);

  const set = (change: Omit<Value, "type">) => edit(blockId, actionId, { type: element.type, ...change });

  const send = async (change: Omit<Value, "type">) => {
    if (!dispatches) return;
    setBusy(true);
    const action = { type: element.type, block_id: blockId, action_id: actionId, ...change };
    const sent = await dispatch(action, element.confirm);
    if (!sent) edit(blockId, actionId, value);
    setBusy(false);
  };

  /** For inputs where every change counts. */
  const choose = (change: Omit<Value, "type">) => {
    set(change);
    void send(change);
  };

  return { value, set, send, choose, busy };
}

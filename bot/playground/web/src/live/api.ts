/** The calls a person's page makes: `/page/…`. */
import type { ActionPayload, Values } from "../elements/types";
import type { InputErrors, Offer, View, Workspace } from "./types";

/** A refused call: the server's sentence is the message. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

export type Container =
  | { type: "message"; channel: string; message_ts: string; thread_ts?: string }
  | { type: "view"; view_id: string };

const UNREACHABLE = "The local Slack does not answer.";

async function call<T>(path: string, body?: object): Promise<T> {
  const request: RequestInit = body
    ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }
    : {};
  const response = await fetch(path, request).catch(() => {
    throw new ApiError("unreachable", UNREACHABLE);
  });
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  const { error, detail } = answer as { error?: string; detail?: string };
  throw new ApiError(
    error ?? `http_${response.status}`,
    detail ?? error ?? `The local Slack answered ${response.status}.`,
  );
}

export function fetchWorkspace(user: string | null): Promise<Workspace> {
  return call(user ? `/page/state?user=${encodeURIComponent(user)}` : "/page/state");
}

const NOTHING: Offer = { steps: [], happenings: [], runs: [] };

/** Nothing where the server offers nothing: that is the playground's, not the local Slack's. */
export async function fetchOffer(): Promise<Offer> {
  const offer: Partial<Offer> = await call<Partial<Offer>>("/page/examples").catch(() => NOTHING);
  return { ...NOTHING, ...offer };
}

/** Lets something happen in the sample Aionis; resolves to the ids of what was recorded. */
export async function happen(asks: object): Promise<string[]> {
  return (await call<{ ids: string[] }>("/page/happen", asks)).ids;
}

/** Everything that one person can do. */
export function actionsOf(user: string) {
  const post = <T>(path: string, body: object) => call<T>(`/page/${path}`, { user, ...body });
  return {
    send: (channel: string, text: string, thread_ts?: string) =>
      post("message", { channel, text, ...(thread_ts && { thread_ts }) }),
    edit: (channel: string, ts: string, text: string) => post("edit", { channel, ts, text }),
    remove: (channel: string, ts: string) => post("delete", { channel, ts }),
    act: (action: ActionPayload, container: Container, state: Values) => post("action", { action, container, state }),
    submitView: (view_id: string, state: Values) =>
      post<{ response_action?: string; errors?: InputErrors }>("view_submit", { view_id, state }),
    closeView: (view_id: string) => post("view_close", { view_id }),
    runShortcut: (callback_id: string, at?: { channel: string; message_ts: string }) =>
      post("shortcut", { callback_id, ...at }),
    react: (channel: string, message_ts: string, name: string, remove: boolean) =>
      post("reaction", { channel, message_ts, name, ...(remove && { remove }) }),
    openHome: () => post<{ view: View | null }>("home", {}),
  };
}

export type Actions = ReturnType<typeof actionsOf>;

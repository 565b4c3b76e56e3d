/** Who looks at what, kept in the URL: two windows can be two people. */
import { useCallback, useEffect, useState } from "react";

export interface Address {
  user: string | null;
  channel: string | null;
  thread: string | null;
  home: boolean;
  /** The message to scroll to, once. */
  at: string | null;
}

function read(): Address {
  const query = new URLSearchParams(window.location.search);
  return {
    user: query.get("user"),
    channel: query.get("channel"),
    thread: query.get("thread"),
    home: query.has("home"),
    at: query.get("at"),
  };
}

function urlOf({ user, channel, thread, home, at }: Address): string {
  const query = new URLSearchParams();
  if (user) query.set("user", user);
  if (channel) query.set("channel", channel);
  if (thread) query.set("thread", thread);
  if (home) query.set("home", "1");
  if (at) query.set("at", at);
  return `/?${query}`;
}

export type Go = (to: Partial<Address>, how?: "push" | "replace") => void;

export function useAddress(): [Address, Go] {
  const [address, setAddress] = useState(read);

  useEffect(() => {
    const onPop = () => setAddress(read());
    window.addEventListener("popstate", onPop);
    return () => window.removeEventListener("popstate", onPop);
  }, []);

  const go = useCallback<Go>((to, how = "push") => {
    const next = { ...read(), ...to };
    window.history[how === "push" ? "pushState" : "replaceState"](null, "", urlOf(next));
    setAddress(next);
  }, []);

  return [address, go];
}

/** Where a message's permalink leads inside this page, if it is one of this workspace. */
export function readPermalink(href: string, domain: string): Pick<Address, "channel" | "thread" | "at"> | null {
  const url = URL.canParse(href) ? new URL(href) : null;
  const ours = url?.host === `${domain}.slack.com` || url?.host === window.location.host;
  const parts = url && ours && /^\/archives\/([A-Z0-9]+)\/p(\d+)(\d{6})$/.exec(url.pathname);
  if (!url || !parts) return null;
  return { channel: parts[1] ?? null, thread: url.searchParams.get("thread_ts"), at: `${parts[2]}.${parts[3]}` };
}

import { useEffect, useState } from "react";
import { fetchExamples } from "../live/api";
import type { Example } from "../live/types";
import { useMedia } from "./useMedia";

const HIDDEN_KEY = "examples-hidden";

/** The panel "Runs to try": open by default where there is room for it. */
export function useExamples(threadOpen: boolean) {
  const [list, setList] = useState<Example[]>([]);
  const [hidden, setHidden] = useState(() => localStorage.getItem(HIDDEN_KEY) === "1");
  /** Opened by hand although there is little room; forgotten when the layout changes. */
  const [forced, setForced] = useState(false);
  const wide = useMedia("(min-width: 1180px)");
  const wideEnoughForThree = useMedia("(min-width: 1560px)");
  const room = threadOpen ? wideEnoughForThree : wide;

  useEffect(() => {
    void fetchExamples().then(setList);
  }, []);
  useEffect(() => setForced(false), [room]);

  const keepHidden = (value: boolean) => {
    setHidden(value);
    localStorage.setItem(HIDDEN_KEY, value ? "1" : "");
  };

  const available = list.length > 0;
  return {
    list,
    available,
    open: available && (forced || (room && !hidden)),
    show: () => {
      setForced(!room);
      if (room) keepHidden(false);
    },
    hide: () => {
      setForced(false);
      if (room) keepHidden(true);
    },
  };
}

import { useEffect, useState } from "react";
import { fetchOffer } from "../live/api";
import type { Offer } from "../live/types";
import { useMedia } from "./useMedia";

const HIDDEN_KEY = "examples-hidden";

/** What there is to try, and whether its panel is open: by default where there is room for it. */
export function useOffer(threadOpen: boolean) {
  const [offer, setOffer] = useState<Offer>();
  const [hidden, setHidden] = useState(() => localStorage.getItem(HIDDEN_KEY) === "1");
  /** Opened by hand although there is little room; forgotten when the layout changes. */
  const [forced, setForced] = useState(false);
  const wide = useMedia("(min-width: 1180px)");
  const wideEnoughForThree = useMedia("(min-width: 1560px)");
  const room = threadOpen ? wideEnoughForThree : wide;

  useEffect(() => {
    void fetchOffer().then(setOffer);
  }, []);
  useEffect(() => setForced(false), [room]);

  const keepHidden = (value: boolean) => {
    setHidden(value);
    localStorage.setItem(HIDDEN_KEY, value ? "1" : "");
  };

  const available = offer !== undefined && offer.runs.length > 0;
  return {
    offer,
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
    /** Makes room for what was just asked for, where the panel lies over it. */
    stepAside: () => setForced(false),
  };
}

import { useState } from "react";
import { happen } from "../live/api";
import type { Happening } from "../live/types";

interface HappeningsProps {
  happenings: Happening[];
  onRun: (command: string) => void;
}

interface Told {
  title: string;
  text: string;
  /** A run that can be replayed. */
  run?: string;
}

/** What can be made to happen in the sample Aionis: the bot has to notice, or be asked. */
export function Happenings({ happenings, onRun }: HappeningsProps) {
  const [told, setTold] = useState<Told>();

  const start = async ({ title, asks }: Happening) => {
    setTold({ title, text: "…" });
    try {
      const ids = await happen(asks);
      setTold({ title, ...said(asks, ids) });
    } catch (error) {
      setTold({ title, text: (error as Error).message });
    }
  };

  return (
    <section aria-label="Let something happen">
      <h3>Let something happen</h3>
      {happenings.map((happening) => (
        <div key={happening.title} className="happening">
          <button type="button" className="button" onClick={() => void start(happening)}>
            {happening.title}
          </button>
          <p>{happening.text}</p>
          {told?.title === happening.title && (
            <p role="status">
              {told.text}{" "}
              {told.run && (
                <button type="button" className="link" onClick={() => onRun(`/replay ${told.run}`)}>
                  Replay it
                </button>
              )}
            </p>
          )}
        </div>
      ))}
    </section>
  );
}

function said(asks: object, ids: string[]): Omit<Told, "title"> {
  if ("what" in asks && asks.what === "change_rule") return { text: "Changed." };
  const [run] = ids;
  return ids.length === 1 && run
    ? { text: `Run ${run.slice(0, 8)} was recorded.`, run }
    : { text: `${ids.length} runs were recorded.` };
}

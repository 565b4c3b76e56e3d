import { useState } from "react";
import type { GuideStep } from "../live/types";

const DONE_KEY = "guide-done";
const HIDDEN = "hidden";

interface GuideProps {
  steps: GuideStep[];
  /** Takes the step; false where it cannot be taken yet. */
  onStep: (step: GuideStep) => Promise<boolean>;
}

/** The guided path: each step a click that types, or presses, for a newcomer. */
export function Guide({ steps, onStep }: GuideProps) {
  const [done, setDone] = useState(() => sessionStorage.getItem(DONE_KEY) ?? "");
  const taken = done.split(",");
  const current = steps.find((_, index) => !taken.includes(String(index)));
  if (steps.length === 0 || done === HIDDEN) return null;

  const keep = (value: string) => {
    sessionStorage.setItem(DONE_KEY, value);
    setDone(value);
  };
  const take = async (step: GuideStep, index: number) => {
    if (await onStep(step)) keep([...taken, index].join(","));
  };
  return (
    <section className="guide" aria-label="Guided path">
      {current ? <Steps steps={steps} taken={taken} onTake={(step, index) => void take(step, index)} /> : null}
      <div className="guide-text">{current ? <Explained step={current} /> : <Finished onAgain={() => keep("")} />}</div>
      <button type="button" className="icon-button" aria-label="Hide the guided path" onClick={() => keep(HIDDEN)}>
        ✕
      </button>
    </section>
  );
}

interface StepsProps {
  steps: GuideStep[];
  taken: string[];
  onTake: (step: GuideStep, index: number) => void;
}

function Steps({ steps, taken, onTake }: StepsProps) {
  const isTaken = (index: number) => taken.includes(String(index));
  const next = steps.findIndex((_, index) => !isTaken(index));
  return (
    <ol className="guide-steps">
      {steps.map((step, index) => (
        <li key={step.title}>
          <button
            type="button"
            className={isTaken(index) ? "guide-step done" : "guide-step"}
            aria-label={`${index + 1}. ${step.title}`}
            aria-current={index === next ? "step" : undefined}
            onClick={() => onTake(step, index)}
          >
            <span className="guide-number" aria-hidden="true">
              {isTaken(index) ? "✓" : index + 1}
            </span>
            <span className="guide-label">{step.title}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Finished({ onAgain }: { onAgain: () => void }) {
  return (
    <>
      That was the path; “Runs to try” has more.{" "}
      <button type="button" className="link" onClick={onAgain}>
        Start over
      </button>
    </>
  );
}

function Explained({ step: { text, types, presses } }: { step: GuideStep }) {
  return (
    <>
      {text}{" "}
      <details>
        <summary>{types ? "What it types" : "What it presses"}</summary>
        <code>{types ?? presses?.join(" or ")}</code>
      </details>
    </>
  );
}

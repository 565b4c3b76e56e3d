import type { Example, Offer } from "../live/types";
import { Happenings } from "./Happenings";

/** So many are seen at once; the others are a click away. */
const FIRST = 8;

interface ExamplesProps {
  offer: Offer;
  onRun: (command: string) => void;
  onClose: () => void;
}

export function Examples({ offer: { runs, happenings }, onRun, onClose }: ExamplesProps) {
  const more = runs.slice(FIRST);
  return (
    <aside className="examples" aria-label="Runs to try" data-testid="examples">
      <header className="pane-header">
        <h2>Runs to try</h2>
        <button type="button" className="icon-button" aria-label="Hide runs to try" onClick={onClose}>
          ✕
        </button>
      </header>
      <div className="examples-list">
        {happenings.length > 0 && <Happenings happenings={happenings} onRun={onRun} />}
        <List examples={runs.slice(0, FIRST)} onRun={onRun} />
        {more.length > 0 && (
          <details>
            <summary>{more.length} more runs</summary>
            <List examples={more} onRun={onRun} />
          </details>
        )}
      </div>
    </aside>
  );
}

function List({ examples, onRun }: { examples: Example[]; onRun: (command: string) => void }) {
  return (
    <ul>
      {examples.map(({ title, description, commands }) => (
        <li key={commands[0]?.command ?? title}>
          <h3>{title}</h3>
          <p>{description}</p>
          <div className="example-buttons">
            {commands.map(({ label, command }) => (
              <button key={command} type="button" className="button" title={command} onClick={() => onRun(command)}>
                {label}
              </button>
            ))}
          </div>
          <details>
            <summary>Ids</summary>
            {commands.map(({ command }) => (
              <code key={command}>{command}</code>
            ))}
          </details>
        </li>
      ))}
    </ul>
  );
}

import type { Example } from "../live/types";

interface ExamplesProps {
  examples: Example[];
  onRun: (command: string) => void;
  onClose: () => void;
}

export function Examples({ examples, onRun, onClose }: ExamplesProps) {
  return (
    <aside className="examples" aria-label="Runs to try" data-testid="examples">
      <header className="pane-header">
        <h2>Runs to try</h2>
        <button type="button" className="icon-button" aria-label="Hide runs to try" onClick={onClose}>
          ✕
        </button>
      </header>
      <ul className="examples-list">
        {examples.map(({ title, description, commands }) => (
          <li key={title}>
            <h3>{title}</h3>
            <p>{description}</p>
            {commands.map((command) => (
              <button key={command} type="button" className="example" onClick={() => onRun(command)}>
                {command}
              </button>
            ))}
          </li>
        ))}
      </ul>
    </aside>
  );
}

import type { Suggestion } from "./completion";

interface SuggestionsProps {
  id: string;
  suggestions: Suggestion[];
  active: number;
  onHover: (index: number) => void;
  onChoose: (suggestion: Suggestion) => void;
}

export function Suggestions({ id, suggestions, active, onHover, onChoose }: SuggestionsProps) {
  return (
    <div id={id} className="suggestions" role="listbox" aria-label="Suggestions">
      {suggestions.map((suggestion, index) => (
        <div
          key={suggestion.label}
          id={`${id}-${index}`}
          className="suggestion"
          role="option"
          aria-selected={index === active}
          onPointerMove={() => onHover(index)}
          // Not a click: the composer keeps the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(suggestion);
          }}
        >
          <span className="suggestion-label">{suggestion.label}</span>
          {suggestion.hint && <span className="suggestion-hint">{suggestion.hint}</span>}
          <span className="suggestion-detail">{suggestion.detail}</span>
        </div>
      ))}
    </div>
  );
}

import { plainOf } from "../text/Text";
import { type Placement, useInput } from "./interaction";
import type { PickerElement, Value } from "./types";

/** Date, time, and both: the browser's own pickers. */
export function Picker(placement: Placement<PickerElement>) {
  const { element, labelledBy, describedBy } = placement;
  const { value, choose, busy } = useInput(placement);
  const { inputType, read, write } = KINDS[element.type];
  return (
    <input
      type={inputType}
      className="field picker"
      data-action-id={element.action_id}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      aria-label={labelledBy ? undefined : plainOf(element.placeholder) || "Select a date or time"}
      aria-busy={busy}
      value={read(value)}
      onChange={(event) => choose(write(event.target.value))}
    />
  );
}

interface Kind {
  inputType: string;
  read: (value: Value) => string;
  write: (shown: string) => Omit<Value, "type">;
}

const KINDS: Record<PickerElement["type"], Kind> = {
  datepicker: {
    inputType: "date",
    read: ({ selected_date }) => selected_date ?? "",
    write: (shown) => ({ selected_date: shown || null }),
  },
  timepicker: {
    inputType: "time",
    read: ({ selected_time }) => selected_time ?? "",
    write: (shown) => ({ selected_time: shown || null }),
  },
  datetimepicker: {
    inputType: "datetime-local",
    read: ({ selected_date_time }) => (selected_date_time ? localIso(selected_date_time) : ""),
    write: (shown) => ({ selected_date_time: shown ? Math.floor(new Date(shown).getTime() / 1000) : null }),
  },
};

function localIso(seconds: number): string {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

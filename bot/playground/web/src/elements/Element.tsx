import { Button } from "./Button";
import { Choices } from "./Choices";
import type { Placement } from "./interaction";
import { Overflow } from "./Overflow";
import { Picker } from "./Picker";
import { RichTextInput } from "./RichTextInput";
import { Select } from "./Select";
import { TextInput } from "./TextInput";
import type { Element } from "./types";

export function ElementView({ element, ...place }: Placement<Element>) {
  switch (element.type) {
    case "button":
    case "workflow_button":
      return <Button element={element} {...place} />;
    case "overflow":
      return <Overflow element={element} {...place} />;
    case "checkboxes":
    case "radio_buttons":
      return <Choices element={element} {...place} />;
    case "datepicker":
    case "timepicker":
    case "datetimepicker":
      return <Picker element={element} {...place} />;
    case "plain_text_input":
    case "number_input":
    case "url_text_input":
    case "email_text_input":
      return <TextInput element={element} {...place} />;
    case "rich_text_input":
      return <RichTextInput element={element} {...place} />;
    case "static_select":
    case "multi_static_select":
    case "users_select":
    case "multi_users_select":
    case "conversations_select":
    case "multi_conversations_select":
    case "channels_select":
    case "multi_channels_select":
      return <Select element={element} {...place} />;
    default:
      return <span className="unknown">[{(element as { type: string }).type}]</span>;
  }
}

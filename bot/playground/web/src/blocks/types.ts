/** Block Kit's blocks, as far as the page draws them itself. */
import type { Element, FeedbackElement, IconButtonElement, InputElement, TextObject } from "../elements/types";

export interface ImageElement {
  type: "image";
  image_url?: string;
  slack_file?: { id?: string; url?: string };
  alt_text: string;
  title?: TextObject;
}

export interface Style {
  bold?: boolean;
  italic?: boolean;
  strike?: boolean;
  underline?: boolean;
  code?: boolean;
}

export type RichInline =
  | { type: "text"; text: string; style?: Style }
  | { type: "link"; url: string; text?: string; style?: Style }
  | { type: "emoji"; name: string; unicode?: string; style?: Style }
  | { type: "user"; user_id: string; style?: Style }
  | { type: "channel"; channel_id: string; style?: Style }
  | { type: "usergroup"; usergroup_id: string; style?: Style }
  | { type: "broadcast"; range: string; style?: Style }
  | { type: "color"; value: string; style?: Style }
  | { type: "date"; timestamp: number; format: string; url?: string; fallback?: string; style?: Style };

export interface RichList {
  type: "rich_text_list";
  style: "bullet" | "ordered";
  indent?: number;
  offset?: number;
  border?: number;
  elements: { type: "rich_text_section"; elements: RichInline[] }[];
}

export type RichElement =
  | RichList
  | { type: "rich_text_section" | "rich_text_preformatted" | "rich_text_quote"; elements: RichInline[] };

export interface RichTextBlock {
  type: "rich_text";
  block_id?: string;
  elements: RichElement[];
}

export type Cell =
  | { type: "raw_text"; text: string }
  | { type: "raw_number"; value: number; text?: string }
  | RichTextBlock;

export interface TableBlock {
  type: "table";
  block_id?: string;
  rows: Cell[][];
  column_settings?: ({ align?: "left" | "center" | "right"; is_wrapped?: boolean } | null)[];
}

export interface DataTableBlock {
  type: "data_table";
  block_id?: string;
  caption?: string;
  rows: Cell[][];
  page_size?: number;
  row_header_column_index?: number;
}

export interface SectionBlock {
  type: "section";
  block_id?: string;
  text?: TextObject;
  fields?: TextObject[];
  accessory?: Element | ImageElement;
}

export interface ActionsBlock {
  type: "actions";
  block_id?: string;
  elements: Element[];
}

export interface ContextBlock {
  type: "context";
  block_id?: string;
  elements: (TextObject | ImageElement)[];
}

export interface InputBlock {
  type: "input";
  block_id?: string;
  label: TextObject;
  hint?: TextObject;
  optional?: boolean;
  dispatch_action?: boolean;
  element: InputElement;
}

export interface ContextActionsBlock {
  type: "context_actions";
  block_id?: string;
  elements: (FeedbackElement | IconButtonElement)[];
}

export interface AlertBlock {
  type: "alert";
  block_id?: string;
  text: TextObject;
  level?: "default" | "info" | "warning" | "error" | "success";
}

export type Block =
  | SectionBlock
  | ActionsBlock
  | ContextBlock
  | InputBlock
  | RichTextBlock
  | TableBlock
  | DataTableBlock
  | ContextActionsBlock
  | AlertBlock
  | { type: "header"; block_id?: string; text: TextObject }
  | { type: "divider"; block_id?: string }
  | (ImageElement & { block_id?: string });

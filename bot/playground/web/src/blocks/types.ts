/** Block Kit's blocks, as far as the page draws them itself. */
import type {
  ButtonElement,
  Element,
  FeedbackElement,
  IconButtonElement,
  InputElement,
  TextObject,
} from "../elements/types";

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

interface ActionsBlock {
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

export interface CardBlock {
  type: "card";
  block_id?: string;
  hero_image?: ImageElement;
  icon?: ImageElement;
  title?: TextObject;
  subtitle?: TextObject;
  body?: TextObject;
  actions?: ButtonElement[];
}

export interface CarouselBlock {
  type: "carousel";
  block_id?: string;
  elements: CardBlock[];
}

export interface ContainerBlock {
  type: "container";
  block_id?: string;
  child_blocks: Block[];
  title?: TextObject;
  rich_text_title?: RichTextBlock;
  subtitle?: TextObject;
  icon?: ImageElement;
  width?: "narrow" | "standard" | "wide" | "full";
  is_collapsible?: boolean;
  default_collapsed?: boolean;
  has_header_divider?: boolean;
}

export interface TaskCardBlock {
  type: "task_card";
  block_id?: string;
  task_id: string;
  title: string;
  status?: "pending" | "in_progress" | "complete" | "error";
  details?: RichTextBlock;
  output?: RichTextBlock;
  sources?: { type: "url"; url: string; text: string }[];
}

export interface PlanBlock {
  type: "plan";
  block_id?: string;
  title: string;
  tasks?: TaskCardBlock[];
}

export interface VideoBlock {
  type: "video";
  block_id?: string;
  alt_text: string;
  title: TextObject;
  title_url?: string;
  description?: TextObject;
  author_name?: string;
  provider_name?: string;
  thumbnail_url: string;
  video_url: string;
}

export interface RemoteFileBlock {
  type: "file";
  block_id?: string;
  external_id: string;
  source: "remote";
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
  | CardBlock
  | CarouselBlock
  | ContainerBlock
  | TaskCardBlock
  | PlanBlock
  | VideoBlock
  | RemoteFileBlock
  | { type: "markdown"; block_id?: string; text: string }
  | { type: "header"; block_id?: string; text: TextObject }
  | { type: "divider"; block_id?: string }
  | (ImageElement & { block_id?: string });

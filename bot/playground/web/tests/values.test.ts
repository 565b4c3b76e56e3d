/** What a view's or message's inputs hold, as `state.values` tells a bot. */
import { describe, expect, test } from "vitest";
import type { Block } from "../src/blocks/types";
import type { InputElement, TextObject } from "../src/elements/types";
import {
  asRichText,
  collect,
  initialOf,
  inputsOf,
  keepEdits,
  keepUnlessReset,
  validate,
  wordsOf,
} from "../src/elements/values";

const plain = (text: string): TextObject => ({ type: "plain_text", text });
const option = (value: string) => ({ text: plain(value), value });

function input(element: Partial<InputElement> & { type: InputElement["type"] }, more: object = {}): Block {
  const whole = { action_id: "a", ...element } as InputElement;
  return { type: "input", block_id: "b", label: plain("L"), element: whole, ...more };
}

const text = (more: object = {}) => input({ type: "plain_text_input", ...more });
const typed = (value: string | null, type = "plain_text_input") => ({ b: { a: { type, value } } });

describe("what an untouched input holds", () => {
  const options = [option("x"), option("y")];
  test.each([
    [{ type: "plain_text_input", initial_value: "v" }, { value: "v" }],
    [{ type: "number_input" }, { value: null }],
    [{ type: "rich_text_input" }, { rich_text_value: null }],
    [{ type: "static_select", options, initial_option: options[1] }, { selected_option: options[1] }],
    [{ type: "radio_buttons", options }, { selected_option: null }],
    [{ type: "multi_static_select", options }, { selected_options: [] }],
    [{ type: "checkboxes", options, initial_options: [options[0]] }, { selected_options: [options[0]] }],
    [{ type: "users_select", initial_user: "U1" }, { selected_user: "U1" }],
    [{ type: "multi_users_select" }, { selected_users: [] }],
    [{ type: "conversations_select" }, { selected_conversation: null }],
    [{ type: "multi_conversations_select", initial_conversations: ["C1"] }, { selected_conversations: ["C1"] }],
    [{ type: "channels_select", initial_channel: "C1" }, { selected_channel: "C1" }],
    [{ type: "multi_channels_select" }, { selected_channels: [] }],
    [{ type: "datepicker", initial_date: "2026-11-24" }, { selected_date: "2026-11-24" }],
    [{ type: "timepicker" }, { selected_time: null }],
    [{ type: "datetimepicker", initial_date_time: 7 }, { selected_date_time: 7 }],
  ])("%j", (element, held) => {
    const { type } = element;
    expect(initialOf({ action_id: "a", ...element } as InputElement)).toEqual({ type, ...held });
  });
});

test("inputs are found in every block that may hold one, and in containers", () => {
  const select = { type: "static_select", options: [option("x")] } as const;
  const blocks: Block[] = [
    { type: "section", block_id: "s", accessory: { ...select, action_id: "one", options: [...select.options] } },
    {
      type: "actions",
      block_id: "t",
      elements: [
        { type: "button", action_id: "go", text: plain("Go") },
        { ...select, action_id: "two", options: [...select.options] },
      ],
    },
    { type: "container", block_id: "c", title: plain("T"), child_blocks: [text()] },
  ];
  expect(inputsOf(blocks).map(({ blockId, element }) => `${blockId}/${element.action_id}`)).toEqual([
    "s/one",
    "t/two",
    "b/a",
  ]);
  expect(Object.keys(collect(blocks, {}))).toEqual(["s", "t", "b"]);
});

test("edits go over what an input holds", () => {
  expect(collect([text({ initial_value: "old" })], {})).toEqual(typed("old"));
  expect(collect([text({ initial_value: "old" })], typed("new"))).toEqual(typed("new"));
});

describe("edits after an update of the view", () => {
  test("stay with an input that is still there", () => {
    expect(keepEdits(typed("new"), [text({ initial_value: "other" })])).toEqual(typed("new"));
  });
  test("go with an input that went, or became another", () => {
    expect(keepEdits(typed("new"), [])).toEqual({});
    expect(keepEdits(typed("new"), [input({ type: "number_input" })])).toEqual({});
    expect(keepEdits(typed("new"), [{ ...text(), block_id: "other" }])).toEqual({});
  });
  test("in a message, the bot's new initial value wins", () => {
    const before = [text({ initial_value: "one" })];
    expect(keepUnlessReset(typed("new"), before, before)).toEqual(typed("new"));
    expect(keepUnlessReset(typed("new"), before, [text({ initial_value: "two" })])).toEqual({});
  });
});

describe("what Slack's client refuses by itself", () => {
  const error = (block: Block, value: string | null, type?: string) => validate([block], typed(value, type)).b;
  test("an empty required input", () => {
    expect(error(text(), null)).toMatch(/required/);
    expect(error(text(), "")).toMatch(/required/);
    expect(validate([input({ type: "checkboxes", options: [option("x")] })], {}).b).toMatch(/required/);
    expect(validate([input({ type: "users_select" })], {}).b).toMatch(/required/);
  });
  test("nothing of an optional one, nor of an element outside of inputs", () => {
    expect(validate([input({ type: "plain_text_input" }, { optional: true })], {})).toEqual({});
    const accessory = { type: "users_select", action_id: "a" } as const;
    expect(validate([{ type: "section", block_id: "b", accessory }], {})).toEqual({});
  });
  test("text of the wrong length", () => {
    expect(error(text({ min_length: 3 }), "ab")).toMatch(/at least 3/);
    expect(error(text({ max_length: 3 }), "abcd")).toMatch(/no longer than 3/);
    expect(error(text({ min_length: 3, max_length: 3 }), "abc")).toBeUndefined();
  });
  test.each([
    ["email_text_input", "maya@example.com", undefined],
    ["email_text_input", "maya", /valid email/],
    ["url_text_input", "https://a.example", undefined],
    ["url_text_input", "a.example", /valid URL/],
    ["number_input", "12", undefined],
    ["number_input", "twelve", /valid number/],
    ["number_input", "1.5", /whole number/],
    ["number_input", "4", /at least 5/],
    ["number_input", "21", /at most 20/],
  ] as const)("%s: %s", (type, value, wrong) => {
    const limits = type === "number_input" ? { min_value: "5", max_value: "20" } : {};
    const found = error(input({ type, ...limits }), value, type);
    if (wrong) expect(found).toMatch(wrong);
    else expect(found).toBeUndefined();
  });
  test("a decimal is fine where decimals are allowed", () => {
    expect(error(input({ type: "number_input", is_decimal_allowed: true }), "1.5", "number_input")).toBeUndefined();
  });
});

test("rich text is what was typed, and back", () => {
  expect(wordsOf(asRichText("two\nlines"))).toBe("two\nlines");
  expect(asRichText("")).toBeNull();
  expect(wordsOf(null)).toBe("");
  const section = (text: string) => ({
    type: "rich_text_section" as const,
    elements: [{ type: "text" as const, text }],
  });
  const list = { type: "rich_text_list" as const, style: "bullet" as const, elements: [section("b"), section("c")] };
  expect(wordsOf({ type: "rich_text", elements: [section("a"), list] })).toBe("a\nb\nc");
});

test("a required rich text is complained about while it is empty", () => {
  const field = input({ type: "rich_text_input" });
  expect(validate([field], {}).b).toMatch(/required/);
  expect(validate([field], { b: { a: { type: "rich_text_input", rich_text_value: asRichText("x") } } })).toEqual({});
});

/** Slack's mrkdwn as its own client reads it. */
import { describe, expect, test } from "vitest";
import { decode, type Inline, type Paragraph, parse } from "../src/text/mrkdwn";

const AUTO = { autolink: true };

/** The tree as a short line: `b(…)` bold, `i(…)` italic, `s(…)` strike, `c(…)` code, `a(url|…)` link, `e(name)` emoji. */
function shown(nodes: Inline[]): string {
  return nodes.map(one).join("");
}

function one(node: Inline): string {
  switch (node.kind) {
    case "text":
      return node.text;
    case "bold":
    case "italic":
    case "strike":
      return `${node.kind[0]}(${shown(node.children)})`;
    case "code":
      return `c(${node.text})`;
    case "emoji":
      return `e(${node.name})`;
    case "link":
      return `a(${node.url}|${shown(node.label)})`;
    case "user":
    case "channel":
    case "group":
      return `${node.kind}(${node.id}${node.label ? `|${node.label}` : ""})`;
    case "broadcast":
      return `broadcast(${node.range})`;
    case "date":
      return `date(${node.timestamp}|${node.format}|${node.link ?? ""}|${node.fallback})`;
  }
}

function paragraph(part: Paragraph): string {
  return part.kind === "preformatted" ? `pre(${part.text})` : `${part.kind}(${shown(part.children)})`;
}

function line(source: string): string {
  const [first, ...more] = parse(source, AUTO);
  expect(more).toEqual([]);
  return first?.kind === "lines" ? shown(first.children) : "";
}

test.each([
  ["*bold*", "b(bold)"],
  ["_it_ and ~no~", "i(it) and s(no)"],
  ["*_both_*", "b(i(both))"],
  ["a*b*c", "a*b*c"],
  ["snake_case_name", "snake_case_name"],
  ["2 * 3 * 4", "2 * 3 * 4"],
  ["* not bold*", "* not bold*"],
  ["*not bold *", "*not bold *"],
  ["*not\nbold*", "*not\nbold*"],
  ["**", "**"],
  ["(*bold*)", "(b(bold))"],
  ["*bold*, then", "b(bold), then"],
  ["*a `*` b*", "b(a c(*) b)"],
  ["*see <https://a.example/*x*|it>*", "b(see a(https://a.example/*x*|it))"],
])("styles: %s", (source, tree) => {
  expect(line(source)).toBe(tree);
});

test.each([
  ["`code *x*`", "c(code *x*)"],
  ["`&lt;b&gt;`", "c(<b>)"],
  ["`open", "`open"],
  ["``", "``"],
  ["`two\nlines`", "`two\nlines`"],
])("code: %s", (source, tree) => {
  expect(line(source)).toBe(tree);
});

test.each([
  ["<https://a.example|here>", "a(https://a.example|here)"],
  ["<https://a.example/?a=1&amp;b=2>", "a(https://a.example/?a=1&b=2|https://a.example/?a=1&b=2)"],
  ["<mailto:a@b.example|a@b.example>", "a(mailto:a@b.example|a@b.example)"],
  ["<mailto:a@b.example>", "a(mailto:a@b.example|a@b.example)"],
  ["<javascript:alert(1)|x>", "<javascript:alert(1)|x>"],
  ["<file:///etc/passwd|x>", "<file:///etc/passwd|x>"],
  ["<https://a.example|https://b.example>", "a(https://a.example|https://b.example)"],
  ["see https://a.example/x, then", "see a(https://a.example/x|https://a.example/x), then"],
  ["(https://a.example)", "(a(https://a.example|https://a.example))"],
  ["xhttps://a.example", "xhttps://a.example"],
  ["https://a.example/?q=&lt;x", "a(https://a.example/?q=|https://a.example/?q=)<x"],
])("links: %s", (source, tree) => {
  expect(line(source)).toBe(tree);
});

test("bare addresses stay text where the text is verbatim", () => {
  expect(parse("https://a.example", { autolink: false })).toEqual([
    { kind: "lines", children: [{ kind: "text", text: "https://a.example" }] },
  ]);
});

test.each([
  ["<@U0AMAYA001>", "user(U0AMAYA001)"],
  ["<@U0AMAYA001|maya>", "user(U0AMAYA001|maya)"],
  ["<#C0A1|incidents>", "channel(C0A1|incidents)"],
  ["<!subteam^S1|@oncall>", "group(S1|@oncall)"],
  ["<!here> <!channel> <!everyone>", "broadcast(here) broadcast(channel) broadcast(everyone)"],
  ["&lt;@U0AMAYA001&gt;", "<@U0AMAYA001>"],
  ["<@not-an-id>", "<@not-an-id>"],
  ["<!unknown>", "<!unknown>"],
  ["<!date^1700000000^{date_short}|then>", "date(1700000000|{date_short}||then)"],
  [
    "<!date^1700000000^{time}^https://a.example/?a&amp;b|&lt;then&gt;>",
    "date(1700000000|{time}|https://a.example/?a&b|<then>)",
  ],
  ["<!date^soon^{time}|then>", "<!date^soon^{time}|then>"],
])("references: %s", (source, tree) => {
  expect(line(source)).toBe(tree);
});

test.each([
  [":tada:", "e(tada)"],
  [":thumbsup::skin-tone-3:!", "e(thumbsup)!"],
  [":no_such_emoji:", ":no_such_emoji:"],
  ["at 10:30:15", "at 10:30:15"],
  [":constructor:", ":constructor:"],
])("emoji: %s", (source, tree) => {
  expect(line(source)).toBe(tree);
});

describe("paragraphs", () => {
  test.each([
    ["one\ntwo", ["lines(one\ntwo)"]],
    ["&gt; quoted\nnot", ["quote(quoted)", "lines(not)"]],
    ["> quoted\n> again", ["quote(quoted\nagain)"]],
    ["&gt;&gt;&gt; all\nthe rest", ["quote(all\nthe rest)"]],
    ["before ```code *x*``` after", ["lines(before )", "pre(code *x*)", "lines( after)"]],
    ["a\n```\nx &lt; y\n```\nb", ["lines(a)", "pre(x < y)", "lines(b)"]],
    ["```open", ["lines(```open)"]],
    ["", []],
  ])("%j", (source, parts) => {
    expect(parse(source, AUTO).map(paragraph)).toEqual(parts);
  });
});

test("entities are decoded once", () => {
  expect(decode("&amp;lt; &lt;b&gt; &quot;")).toBe("&lt; <b> &quot;");
});

test("whatever is thrown at it, the words come out in their order", () => {
  const marks = [
    "*",
    "_",
    "~",
    "`",
    "```",
    "<",
    ">",
    "&lt;",
    "|",
    ":",
    "\n",
    " ",
    "!date^",
    "@U1",
    "#C1",
    "https://",
    "^",
  ];
  let seed = 7;
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let round = 0; round < 500; round++) {
    const words = Array.from({ length: 12 }, (_, index) => `w${round}x${index}`);
    const source = words.map((word) => marks[next(marks.length)] + word + marks[next(marks.length)]).join(" ");
    const text = JSON.stringify(parse(source, AUTO));
    const places = words.map((word) => text.indexOf(word));
    expect(places.includes(-1), source).toBe(false);
    expect(
      places.toSorted((one, other) => one - other),
      source,
    ).toEqual(places);
  }
});

test("what is not closed within a few thousand characters is not searched for any further", () => {
  const far = "a".repeat(5000);
  expect(line(`*${far}*`)).toBe(`*${far}*`);
  expect(line(`\`${far}\``)).toBe(`\`${far}\``);
});

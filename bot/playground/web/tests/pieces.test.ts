/** What Slack adds to the plain text of a markdown block. */
import { expect, test } from "vitest";
import { decodeEntities, type Piece, piecesOf } from "../src/text/pieces";

const text = (words: string): Piece => ({ kind: "text", text: words });

test.each<[string, Piece[]]>([
  ["", []],
  ["words", [text("words")]],
  ["at 10:30:15 :nope: x", [text("at 10:30:15 :nope: x")]],
  ["yes :tada:!", [text("yes "), { kind: "emoji", name: "tada" }, text("!")]],
  ["<@U1> in <#C1|name>", [{ kind: "user", id: "U1" }, text(" in "), { kind: "channel", id: "C1" }]],
])("%j", (source, pieces) => {
  expect(piecesOf(source)).toEqual(pieces);
});

test.each([
  ["&lt;b&gt; &amp;amp;", "<b> &amp;"],
  ["&#39;&#x27;", "''"],
  ["&toString; &bogus;", "&toString; &bogus;"],
  ["&#0; &#9999999;", "&#0; &#9999999;"],
])("entities: %s", (source, decoded) => {
  expect(decodeEntities(source)).toBe(decoded);
});

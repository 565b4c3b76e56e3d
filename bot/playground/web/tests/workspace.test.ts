/** What the page makes of the server's events, of a message list and of a line that is being typed. */
import { describe, expect, test } from "vitest";
import { complete, usageOf } from "../src/composer/completion";
import { apply } from "../src/live/events";
import type { Channel, Message, User, Workspace } from "../src/live/types";
import { readPermalink } from "../src/live/useAddress";
import { repliesOf, rootsOf, rowsOf, summarize } from "../src/messages/thread";
import { formatDate } from "../src/text/dates";
import { toTyped } from "../src/text/typed";

const message = (ts: string, more: Partial<Message> = {}): Message => ({
  type: "message",
  text: ts,
  ts,
  user: "U1",
  ...more,
});
const maya: User = { id: "U1", name: "maya", real_name: "Maya Chen", is_bot: false };
const incidents: Channel = {
  id: "C1",
  name: "incidents",
  is_private: false,
  is_ext_shared: false,
  members: [],
  topic: "",
};

describe("events", () => {
  const workspace = {
    messages: { C1: [message("1.0"), message("3.0")] },
    pins: {},
    channels: [incidents],
  } as unknown as Workspace;
  const following = (...events: Parameters<typeof apply>[1][]) =>
    events.reduce(apply, workspace).messages.C1?.map(({ ts, text, ephemeral_id }) => ephemeral_id ?? `${ts} ${text}`);

  test("a message stands where its time says", () => {
    expect(following({ event: "message", data: { channel: "C1", message: message("2.0") } })).toEqual([
      "1.0 1.0",
      "2.0 2.0",
      "3.0 3.0",
    ]);
  });
  test("an edited one keeps its place", () => {
    const edited = message("1.0", { text: "new" });
    expect(following({ event: "message", data: { channel: "C1", message: edited } })).toEqual(["1.0 new", "3.0 3.0"]);
  });
  test("an ephemeral one is another than that of the same time", () => {
    const only = message("1.0", { ephemeral_id: "E1" });
    expect(following({ event: "message", data: { channel: "C1", message: only } })).toEqual([
      "1.0 1.0",
      "E1",
      "3.0 3.0",
    ]);
  });
  test("a deleted one goes", () => {
    expect(following({ event: "message_deleted", data: { channel: "C1", ts: "1.0" } })).toEqual(["3.0 3.0"]);
  });
});

test("threads: roots, replies, and what is also sent to the channel", () => {
  const all = [
    message("1.0", { thread_ts: "1.0" }),
    message("2.0", { thread_ts: "1.0", user: "U2" }),
    message("3.0", { thread_ts: "1.0", subtype: "thread_broadcast" }),
    message("4.0", { thread_ts: "1.0", is_ephemeral: true }),
  ];
  expect(rootsOf(all).map(({ ts }) => ts)).toEqual(["1.0", "3.0"]);
  expect(repliesOf(all, "1.0").map(({ ts }) => ts)).toEqual(["2.0", "3.0", "4.0"]);
  expect(summarize(all).get("1.0")).toEqual({ count: 2, latest: "3.0", people: ["U2", "U1"] });
  expect(rowsOf(all).map(({ compact }) => compact)).toEqual([false, false, false, false]);
});

describe("completion", () => {
  const vocabulary = {
    commands: [
      {
        command: "/replay",
        description: "Replay a run",
        usage_hint: "<run> [new] | close [<incident>] | compare <a> <b>",
      },
    ],
    users: [maya],
    channels: [incidents],
  };
  const offered = (text: string) => complete(text, text.length, vocabulary)?.suggestions.map(({ insert }) => insert);
  test.each([
    ["/", ["/replay "]],
    ["/RE", ["/replay "]],
    ["/replay ", undefined],
    ["/replay x", undefined],
    ["/replay c", ["close ", "compare "]],
    ["/replay COM", ["compare "]],
    ["/replay c8b5", undefined],
    ["/replay new", undefined],
    ["/other c", undefined],
    ["/replay compare c", undefined],
    ["ask @may", ["@maya "]],
    ["ask @chen", ["@maya "]],
    ["in #inc", ["#incidents "]],
    ["a@may", undefined],
    ["", undefined],
  ])("%j", (text, inserts) => {
    expect(offered(text)).toEqual(inserts);
  });
  test("the usage is shown while arguments are typed", () => {
    expect(usageOf("/replay 1", vocabulary.commands)?.usage_hint).toMatch("<run> [new]");
    expect(usageOf("/replay", vocabulary.commands)).toBeUndefined();
  });
});

test("a message's text as somebody would have typed it", () => {
  const names = { users: new Map([["U1", maya]]), channels: new Map([["C1", incidents]]) };
  const source = "<@U1> in <#C1>: <!here> <https://a.example|here> <https://b.example> <!date^1^{time}|then> a &lt; b";
  expect(toTyped(source, names)).toBe(
    "@maya in #incidents: @here here (https://a.example) https://b.example then a < b",
  );
});

test("permalinks of this workspace, and of no other", () => {
  const link = "https://demo.slack.com/archives/C1/p1700000000000100?thread_ts=1.0";
  globalThis.window = { location: { host: "127.0.0.1:8080" } } as typeof window;
  expect(readPermalink(link, "demo")).toEqual({ channel: "C1", thread: "1.0", at: "1700000000.000100" });
  expect(readPermalink(link, "other")).toBeNull();
  expect(readPermalink("nonsense", "demo")).toBeNull();
});

test("dates: known tokens only", () => {
  const at = new Date(2020, 10, 24, 9, 5, 7).getTime() / 1000;
  expect(formatDate(at, "{date_num} {time_secs}")?.replace(/\s/g, " ")).toBe("2020-11-24 9:05:07 AM");
  expect(formatDate(at, "{date}")).toBe("November 24th, 2020");
  expect(formatDate(at, "{nonsense}")).toBeUndefined();
  expect(formatDate(Number.NaN, "{date}")).toBeUndefined();
});

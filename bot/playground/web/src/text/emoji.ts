/** Emoji names to characters. */
import names from "emojilib/simplemap.json";

/** Slack's names that emojilib lacks or spells otherwise. */
const SLACK_NAMES: Record<string, string> = {
  thumbsup: "👍",
  thumbsdown: "👎",
  simple_smile: "🙂",
  slightly_smiling_face: "🙂",
  robot_face: "🤖",
  large_green_circle: "🟢",
  large_yellow_circle: "🟡",
  large_orange_circle: "🟠",
  large_purple_circle: "🟣",
  large_brown_circle: "🟤",
  large_red_square: "🟥",
  large_orange_square: "🟧",
  large_yellow_square: "🟨",
  large_green_square: "🟩",
  large_blue_square: "🟦",
  large_purple_square: "🟪",
  black_square_for_stop: "⏹️",
  black_square: "⬛",
  heavy_exclamation_mark: "❗",
  bricks: "🧱",
  hammer_and_wrench: "🛠️",
  female_detective: "🕵️‍♀️",
  shrug: "🤷",
  facepalm: "🤦",
  saluting_face: "🫡",
  ladder: "🪜",
  mending_heart: "❤️‍🩹",
};

const BY_NAME: Record<string, string> = { ...names, ...SLACK_NAMES };

/** The character of `tada`, or nothing when nobody knows such an emoji. */
export function emojiOf(name: string): string | undefined {
  return Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
}

/** `:name:`, with the skin tone that Slack may append (it is not shown). */
export const EMOJI = /:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/;

/** Pressing a button of the bot's for somebody, so that they see which one. */

/** How long the button is marked before it is pressed. */
const SHOWN_MS = 400;
const TRIES = 30;
const PAUSE_MS = 100;

/** Presses the newest visible button with one of these labels; false where there is none. */
export function press(labels: string[]): boolean {
  const buttons = [...document.querySelectorAll<HTMLButtonElement>("article .button")];
  const visible = buttons.filter((button) => button.checkVisibility());
  const found = labels.flatMap((label) => visible.findLast(({ textContent }) => textContent.trim() === label) ?? [])[0];
  if (!found) return false;
  found.scrollIntoView({ block: "center" });
  found.classList.add("pressed");
  setTimeout(() => {
    found.classList.remove("pressed");
    // An edit of its message meanwhile has put another button in its place.
    if (found.isConnected) found.click();
    else press(labels);
  }, SHOWN_MS);
  return true;
}

/** The same, waiting a moment for the button to appear. */
export async function pressSoon(labels: string[]): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (press(labels)) return true;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return false;
}

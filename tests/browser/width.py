"""Whether a page fits its window: nothing sticks out sideways but what scrolls in a box of its own."""

from playwright.async_api import Page, ViewportSize

PHONE: ViewportSize = {"width": 390, "height": 844}
LAPTOP: ViewportSize = {"width": 1024, "height": 768}

_STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth
  const scrolls = (element) => {
    for (let above = element.parentElement; above && above !== document.body; above = above.parentElement) {
      const style = getComputedStyle(above)
      const box = above.getBoundingClientRect()
      const cuts = style.overflowX !== "visible" && box.right <= width + 1 && box.left >= -1
      const meant = ["auto", "scroll"].includes(style.overflowX) || style.textOverflow === "ellipsis" || box.width <= 1
      if (cuts && meant) return true
    }
    return false
  }
  const found = []
  if (document.scrollingElement.scrollWidth > width) found.push(`the page is ${document.scrollingElement.scrollWidth} wide`)
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    const box = element.getBoundingClientRect()
    if (box.width === 0 || (box.right <= width + 1 && box.left >= -1) || scrolls(element)) continue
    found.push(`${element.tagName.toLowerCase()}.${element.className} ${Math.round(box.left)}..${Math.round(box.right)}`)
  }
  for (const list of document.querySelectorAll(".list, .dialog-body, .home-body, .examples-list")) {
    if (list.checkVisibility() && list.scrollWidth > list.clientWidth + 1)
      found.push(`${list.className} holds ${list.scrollWidth} in ${list.clientWidth}`)
  }
  return found
}"""


async def sticking_out(page: Page) -> list[str]:
    """Return what is seen beyond the window's right or left edge, and panes that scroll sideways."""
    found: list[str] = await page.evaluate(_STICKING_OUT)
    return found

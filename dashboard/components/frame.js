// The theme's colours as --class-0 and so on for all pieces of HTML, and names and roles that Streamlit's own markup lacks.
//
// data: title (of the open page). Streamlit calls it anew when the theme changes.

export default function ({ data, parentElement }) {
  const style = getComputedStyle(parentElement instanceof Element ? parentElement : parentElement.host);
  document.documentElement.style.setProperty("--page", style.getPropertyValue("--st-background-color").trim());
  style.getPropertyValue("--st-chart-categorical-colors").split(",").forEach((colour, place) => {
    document.documentElement.style.setProperty(`--class-${place}`, colour.trim());
  });
  const seen = new Set(), watch = new MutationObserver(() => repair());
  const repair = () => {
    mend(data.title);
    // what is in a shadow is observed apart
    for (const { shadowRoot } of document.querySelectorAll(".st-key-pad [data-testid=stBidiComponentIsolated]")) {
      if (!shadowRoot) continue;
      if (!seen.has(shadowRoot)) watch.observe(shadowRoot, { childList: true, subtree: true });
      seen.add(shadowRoot);
      // the canvas's own toolbar is not shown, so the Tab key must not lead there
      shadowRoot.querySelectorAll("button").forEach((button) => button.parentElement.setAttribute("inert", ""));
    }
  };
  watch.observe(document.body, { childList: true, subtree: true });
  repair();
  return () => watch.disconnect();
}

const every = (selector, change) => document.querySelectorAll(selector).forEach(change);

function mend(title) {
  // its text says what the button does, its name must be the same
  every("[data-testid=stExpandSidebarButton]", (button) => give(button, "aria-label", `Menu: ${title}`));
  // groups of pages stand between a list and its items
  every("[data-testid=stSidebarNavItems]", (list) => {
    if (!list.querySelector(":scope > div")) return;
    give(list, "role", "group");
    give(list, "aria-label", "Pages");
    list.querySelectorAll(":scope > li").forEach((item) => give(item, "role", "none"));
    list.querySelectorAll(":scope > div").forEach((group) => give(group, "role", "list"));
  });
}

const give = (element, name, value) => {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
};

// The theme's colours as --class-0 and so on for all pieces of HTML, and names and roles that Streamlit's own markup lacks.
//
// data: title (of the open page). Streamlit calls it anew when the theme changes.

export default function ({ data, parentElement }) {
  const style = getComputedStyle(parentElement instanceof Element ? parentElement : parentElement.host);
  style.getPropertyValue("--st-chart-categorical-colors").split(",").forEach((colour, place) => {
    document.documentElement.style.setProperty(`--class-${place}`, colour.trim());
  });
  mend(data.title);
  const watch = new MutationObserver(() => mend(data.title));
  watch.observe(document.body, { childList: true, subtree: true });
  return () => watch.disconnect();
}

function mend(title) {
  const every = (selector, change) => document.querySelectorAll(selector).forEach(change);
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

"""The browser's Back: one step for each thing a visitor does, and to the view that was there."""

import streamlit as st

# On the way to a page Streamlit writes two or three addresses into the browser's history, halves of the old one and the new
# one, so that Back led to views that nobody had seen. Only the first address after a click, a key or a touch stands there as
# a step of its own; what the program writes after it takes its place. And when Back leads to another page, Streamlit drops
# what both pages keep in the address under the same name, such as the run; asked once more on that page, it takes it.
JS = """<script>
if (!window.oneStepADeed) {
  window.oneStepADeed = true;
  const { pushState, replaceState } = history, PATIENCE = 10000;
  let deed = navigator.userActivation?.hasBeenActive ?? false, asked = null, since = 0;
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { deed = true; asked = null; }, true);
  addEventListener("popstate", (event) => {
    deed = false;
    if (event.isTrusted) { asked = location.href; since = performance.now(); }
  }, true);
  history.pushState = function (...address) {
    if (!deed) return history.replaceState(...address);
    deed = false;
    return pushState.apply(history, address);
  };
  history.replaceState = function (...address) {
    const view = performance.now() - since < PATIENCE ? asked : null;
    replaceState.apply(history, address);
    if (!view || location.href === view || location.pathname !== new URL(view).pathname) return;
    asked = null;
    setTimeout(() => {
      replaceState.call(history, null, "", view);
      dispatchEvent(new PopStateEvent("popstate"));
    });
  };
}
</script>"""


def install() -> None:
    """Put it in place, once in a browser's tab."""
    with st.container(key="back"):
        st.html(JS, unsafe_allow_javascript=True)

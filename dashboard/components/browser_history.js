// Keeps one step of the browser's history for each thing a visitor does, and restores the view that Back leads to.
//
// On the way to a page Streamlit writes two or three addresses into the browser's history, halves of the old one and the new
// one, so that Back led to views that nobody had seen. Only the first address after a click, a key or a touch stands there as
// a step of its own; what the program writes after it takes its place. And when Back leads to another page, Streamlit drops
// what both pages keep in the address under the same name, such as the run; asked once more on that page, it takes it.
// A control never makes a step, except those that open another part of a page, by the names in browserHistorySteps.

window.browserHistoryPart ??= (address) => {
  const said = new URL(address, location.href).searchParams;
  return (window.browserHistorySteps ?? []).map((name) => said.get(name)).join("\n");
};

if (!window.browserHistoryInstalled) {
  window.browserHistoryInstalled = true;
  // milliseconds after Back within which its view is restored
  const PATIENCE = 10000;
  const { pushState, replaceState } = history;
  let acted = navigator.userActivation?.hasBeenActive ?? false, asked = null, since = 0;
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { acted = true; asked = null; }, true);
  addEventListener("popstate", (event) => {
    acted = false;
    if (event.isTrusted) { asked = location.href; since = performance.now(); }
  }, true);
  history.pushState = function (...address) {
    if (!acted) return history.replaceState(...address);
    acted = false;
    return pushState.apply(history, address);
  };
  history.replaceState = function (...address) {
    if (acted && address[2] && window.browserHistoryPart(address[2]) !== window.browserHistoryPart(location.href)) return history.pushState(...address);
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

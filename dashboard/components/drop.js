// Files and folders dropped anywhere on the page go to the upload of a popover, which opens for them.
//
// data: popover (selector of its button), text (what a visitor reads while something hangs over the page), most (files).

const carries = (event) => event.dataTransfer?.types.includes("Files");

export default function ({ data }) {
  const sheet = document.createElement("div");
  sheet.textContent = data.text;
  sheet.dataset.drop = "";
  sheet.style.cssText = `position: fixed; inset: 0.75rem; z-index: 999999; display: none; place-items: center; pointer-events: none;
    border: 2px dashed var(--class-0); border-radius: 12px; font-size: 1.5rem; color: var(--class-0);
    background: color-mix(in srgb, var(--page) 88%, transparent);`;
  document.body.append(sheet);
  const show = (is) => { sheet.style.display = is ? "grid" : "none"; };
  const over = (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    show(true);
  };
  const leave = (event) => { if (!event.relatedTarget) show(false); };
  const drop = async (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    event.stopPropagation(); // the upload itself would not look into folders by their names
    show(false);
    const files = await dropped(event.dataTransfer, data.most);
    if (files.length) await hand(files, data.popover);
  };
  const listeners = { dragenter: over, dragover: over, dragleave: leave, drop };
  for (const [name, act] of Object.entries(listeners)) document.addEventListener(name, act, true);
  return () => {
    sheet.remove();
    for (const [name, act] of Object.entries(listeners)) document.removeEventListener(name, act, true);
  };
}

// all must be asked for at once: what was dropped is gone when the event is over
async function dropped(transfer, most) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => [item.webkitGetAsEntry?.(), item.getAsFile()]);
  const files = [];
  for (const [entry, file] of entries) {
    if (entry?.isDirectory) await walk(entry, files, most);
    else if (file) files.push(file);
  }
  return files.slice(0, most);
}

async function walk(folder, files, most) {
  const reader = folder.createReader();
  while (files.length < most) {
    const some = await new Promise((done) => reader.readEntries(done, () => done([])));
    if (!some.length) return;
    for (const entry of some) {
      if (entry.isDirectory) { await walk(entry, files, most); continue; }
      const file = await new Promise((done) => entry.file(done, () => done(null)));
      // a file keeps its folders in its name, by which a run is told
      if (file && !entry.name.startsWith(".")) files.push(new File([file], entry.fullPath.slice(1), { type: file.type }));
    }
  }
}

async function hand(files, popover) {
  const button = document.querySelector(popover);
  if (button?.getAttribute("aria-expanded") === "false") button.click();
  const input = await upload();
  if (!input) return;
  const carrier = new DataTransfer();
  for (const file of files) carrier.items.add(file);
  input.files = carrier.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// the upload is there some frames after the popover opens
async function upload() {
  for (let frames = 0; frames < 300; frames += 1) {
    const input = document.querySelector("[data-testid=stPopoverBody] input[type=file]");
    if (input) return input;
    await new Promise(requestAnimationFrame);
  }
  return null;
}

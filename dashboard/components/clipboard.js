// A picture pasted anywhere on the page goes to the server.
//
// data: largest (bytes of a picture). Triggers `pasted`, the picture as a data: address.

export default function ({ data, parentElement, setTriggerValue }) {
  const told = parentElement.querySelector("span");
  const paste = (event) => {
    const item = [...(event.clipboardData?.items ?? [])].find((one) => one.type.startsWith("image/"));
    if (!item) return;
    const file = item.getAsFile();
    if (file.size > data.largest) { told.textContent = "The pasted picture is larger than 5 MB."; return; }
    told.textContent = "";
    const reader = new FileReader();
    reader.onload = () => setTriggerValue("pasted", reader.result);
    reader.readAsDataURL(file);
  };
  document.addEventListener("paste", paste);
  told.dataset.listening = "";
  return () => document.removeEventListener("paste", paste);
}

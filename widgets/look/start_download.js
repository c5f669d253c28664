// Starts the download of a file as soon as it is made, once: the visitor has pressed a button for it already.
// The link beside it stays, for browsers that refuse, and for who wants the file again.

// Addresses whose download was started in this window; a page that runs again shows the same file once more
const started = new Set();

/**
 * Start the download of an address of this server, unless that was done in this window already.
 *
 * @param {string} address - below the app's own
 * @param {Document} page - the document whose link is pressed
 * @returns {boolean} true if it was started now
 */
export const startDownload = (address, page = document) => {
  if (started.has(address)) return false;
  started.add(address);
  const link = page.createElement("a");
  link.href = address;
  link.download = "";
  link.style.display = "none";
  page.body.append(link);
  link.click();
  link.remove();
  return true;
};

export default function ({ data }) {
  if (data?.address) startDownload(data.address);
}

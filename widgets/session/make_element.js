// Elements of the page, as the scripts of all components make them.

/**
 * Append a new element to another element.
 *
 * @param {Element} parent - the element that the new element is appended to
 * @param {string} tag - the name of the new element, such as "div"
 * @param {Object<string, string | number | null>} attributes - of the new element; one that is null is left out
 * @param {string} text - the text of the new element, which is never read as HTML
 * @returns {Element} the new element
 */
export const make = (parent, tag, attributes = {}, text = "") => {
  const made = parent.appendChild(document.createElement(tag));
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
  made.append(text);
  return made;
};

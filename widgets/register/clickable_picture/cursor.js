/**
 * One cursor in photograph and map: the page of one picture tells the others, through the page that holds them
 * all, at which place of the map its pointer is; each shows a cross where it shows that place.
 */

const EVENT = 'maxrf-place';

/**
 * Interpolate between the nodes of a table that reaches from edge to edge.
 * @param {Array<Array<number[]|null>>} table - Of places, row by row; null where there is none.
 * @param {number} x - Share of the width, 0 to 1.
 * @param {number} y - Share of the height.
 * @returns {number[]|null} - The place between the nearest four nodes; null if one of them is not known.
 */
export function between(table, x, y) {
    if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) {
        return null;
    }
    const cells = table.length - 1;
    const column = Math.min(Math.floor(x * cells), cells - 1);
    const row = Math.min(Math.floor(y * cells), cells - 1);
    const [right, down] = [x * cells - column, y * cells - row];
    const [upper, lower] = [table[row], table[row + 1]];
    const nodes = [upper[column], upper[column + 1], lower[column], lower[column + 1]];
    if (nodes.includes(null)) {
        return null;
    }
    const weights = [(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down];
    return [0, 1].map((axis) => nodes.reduce((sum, node, number) => sum + weights[number] * node[axis], 0));
}

/**
 * Say where a picture shows a place of the map.
 * @param {{from: Array}|null} link - The picture's tables.
 * @param {number[]|null} place - Shares of the map's sides.
 * @returns {number[]|null} - Shares of the picture's sides; null outside of what is shown.
 */
export function shownAt(link, place) {
    const seen = link && place && between(link.from, ...place);
    return seen && seen.every((share) => share >= 0 && share <= 1) ? seen : null;
}

/** Join the picture of this page to those of the others. */
function join() {
    const picture = document.getElementById('image');
    const cross = document.getElementById('cursor');
    let link = null;

    const tell = (place) => {
        window.parent.dispatchEvent(new CustomEvent(EVENT, {detail: {by: window, place}}));
    };
    const show = ({detail}) => {
        const seen = detail.by === window ? null : shownAt(link, detail.place);
        cross.hidden = !seen;
        if (seen) {
            const {left, top, width, height} = picture.getBoundingClientRect();
            cross.style.left = `${left + window.scrollX + seen[0] * width}px`;
            cross.style.top = `${top + window.scrollY + seen[1] * height}px`;
        }
    };

    window.addEventListener('message', ({source, data}) => {
        if (source === window.parent && data.type === 'streamlit:render') {
            link = data.args.cursor_link ?? null;
            cross.hidden = true;
        }
    });
    picture.addEventListener('mousemove', ({offsetX, offsetY}) => {
        const [x, y] = [(offsetX + 0.5) / picture.width, (offsetY + 0.5) / picture.height];
        tell(link && between(link.to, x, y));
    });
    picture.addEventListener('mouseleave', () => tell(null));
    window.parent.addEventListener(EVENT, show);
    window.addEventListener('pagehide', () => window.parent.removeEventListener(EVENT, show));
}

if (globalThis.document?.getElementById('cursor')) {
    join();
}

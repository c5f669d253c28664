"""Search for elements by symbol, by names in six languages, and by pigments."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from maxrf_core.elements.element_names import FOREIGN_NAMES
from maxrf_core.elements.pigments import PIGMENTS
from maxrf_core.spectrum.elements import ELEMENTS, NAMES

MAX_QUERY_LENGTH = 200  # characters; what follows is ignored
MAX_MATCHES = 6
MIN_PREFIX = 3  # letters of an unfinished word, such as "verm"
# Other English spellings.
SPELLINGS = {"Al": ("aluminum",), "S": ("sulphur",), "Cs": ("cesium",), "W": ("wolfram",)}

# Words by which terms are separated, in six languages.
_CONJUNCTIONS = r"(?:or|and|oder|und|ou|et|o|e|y|u|of|en|versus|vs)\s"
_SEPARATORS = re.compile(rf"[,;/+?&\n]|\s{_CONJUNCTIONS}")
# Words before the terms of a question.
_QUESTION = re.compile(
    r"^(?:(?:where|wo|ou|dove|donde|waar|is|are|ist|sind|est|sont|sono|esta|estan|zijn|there|the|any|das|der|"
    rf"die|le|la|les|il|el|lo|het|de|find|show|map|lines|of)\s+(?!{_CONJUNCTIONS}))+"
)


@dataclass(frozen=True)
class Match:
    """Element or pigment that a term of a query names.

    Attributes
    ----------
    name : str
        Name of the element or the pigment, in English.
    elements : tuple of str
        Symbols; of a pigment those by which it is seen, the most telling first.
    is_pigment : bool
    """

    name: str
    elements: tuple[str, ...]
    is_pigment: bool = False


def search(query: str) -> tuple[Match, ...]:
    """Return the elements and pigments that a query names, in its order; empty if none.

    Accents, upper case and a trailing plural do not matter, except that a symbol of one or two letters comes
    before a word. Several terms are separated by commas or words such as "or".

    Parameters
    ----------
    query : str
        A symbol, a name, a pigment, or a question such as "lead or arsenic".

    Examples
    --------
    >>> [match.elements for match in search("Blei oder Arsen")]
    [('Pb',), ('As',)]
    >>> search("vermilion")
    (Match(name='vermilion', elements=('Hg', 'S'), is_pigment=True),)
    >>> search("unobtainium")
    ()
    """
    found: dict[str, Match] = {}
    for term in _terms(query[:MAX_QUERY_LENGTH]):
        match = _match(term)
        if match is not None:
            found.setdefault(match.name, match)
    return tuple(found.values())[:MAX_MATCHES]


def plain(text: str) -> str:
    """Return a text without accents, in lower case, with single spaces.

    Examples
    --------
    >>> plain("  Blanc de Céruse, Bleiweiß ")
    'blanc de ceruse, bleiweiss'
    """
    parts = unicodedata.normalize("NFKD", text.replace("-", " ").casefold())
    return " ".join("".join(sign for sign in parts if not unicodedata.combining(sign)).split())


def _terms(query: str) -> Iterator[str]:
    """Yield the terms of a query, plain: the whole query if it is a name, else its parts."""
    whole = _QUESTION.sub("", plain(query)).strip(" ?.!")
    if whole in _index():
        yield whole
        return
    for part in _SEPARATORS.split(whole):
        term = _QUESTION.sub("", part.strip(" ?.!"))
        if term:
            yield term


def _match(term: str) -> Match | None:
    """Return what a term means; a beginning counts if all names with it mean the same."""
    index = _index()
    for written in (term, term.removesuffix("s"), term.removesuffix("es")):
        if written in index:
            return index[written]
    if len(term) < MIN_PREFIX:
        return None
    beginning = {match for name, match in index.items() if name.startswith(term)}
    elements = {match for match in beginning if not match.is_pigment}
    for found in (elements, beginning):
        if len(found) == 1:
            return found.pop()
    return None


@cache
def _index() -> dict[str, Match]:
    """Return what each plain name means; symbols come first, then elements."""
    elements = {symbol: Match(NAMES[symbol], (symbol,)) for symbol in ELEMENTS}
    index = {symbol.lower(): match for symbol, match in elements.items()}
    for symbol, match in elements.items():
        foreign = [name for names in FOREIGN_NAMES[symbol].values() for name in names]
        for name in (NAMES[symbol], *SPELLINGS.get(symbol, ()), *foreign):
            index.setdefault(plain(name), match)
    for pigment in PIGMENTS:
        match = Match(pigment.name, pigment.elements, is_pigment=True)
        for name in (pigment.name, *pigment.others):
            index.setdefault(plain(name), match)
    return index

"""Many visitors at once: each is served correctly and nothing leaks."""

import random
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, cycle
from pathlib import Path

from maxrf_core import DataStack
from tests.browser.app_server import AppServer
from tests.visitors import acts
from tests.visitors.session import Visitor
from tests.visitors.wishes import GREY, Colour, Size, Wish, colour_of, own_stack, photograph, wishes


@dataclass
class Part:
    """Script of one visitor of the crowd.

    Attributes
    ----------
    number : int
        From 0.
    visitor : Visitor
    wishes : list of Wish
        Bands and pixels of the shared datastack that nobody else looks at.
    colour : (int, int, int)
        Of this visitor's photograph.
    photo : bytes
    dice : Random
        How long this visitor thinks.
    own : Path or None
        A datastack to upload, which nobody else has.
    identifier : str
        Under which the upload is open.
    times : list of (str, float)
        The acts, when the part is over.
    """

    number: int
    visitor: Visitor
    wishes: list[Wish]
    colour: Colour
    photo: bytes
    dice: random.Random
    own: Path | None = None
    identifier: str = ""
    times: list[tuple[str, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Crowd:
    """Who comes, and for how long.

    Parameters
    ----------
    visitors, photographers, uploaders : int
        How many there are, how many of them bring a photograph, and how many of these a datastack of their
        own, too, in which they keep it.
    seconds : float
        For which they go on, once everybody has been through everything.
    pause : float
        Seconds that a visitor thinks between two acts, on average.
    photo : (int, int)
        Width and height of the photographs.
    each : int
        Bands and pixels that a visitor turns to one after another.
    """

    visitors: int
    photographers: int
    uploaders: int
    seconds: float = 0.0
    pause: float = 0.0
    photo: Size = (1200, 1300)
    each: int = 3

    def visit(self, app: AppServer, shared: str, workshop: Path) -> tuple[list[tuple[str, float]], float]:
        """Let them loose on a datastack of the data folder, then see that nothing has leaked.

        Parameters
        ----------
        app : AppServer
        shared : str
            The name of the datastack.
        workshop : Path
            A folder in which the uploads are made first.

        Returns
        -------
        list of (str, float)
            All acts, and the seconds that each took.
        float
            Seconds from the first act to the last.

        Raises
        ------
        AssertionError
            At the first answer that is wrong, error that is shown, and text that leaked.
        """
        height, width, _ = DataStack(app.data_folder / shared).shape
        with ExitStack() as open_visitors:
            parts = self._cast(app, shared, workshop, open_visitors)
            start = time.monotonic()
            with ThreadPoolExecutor(len(parts)) as threads:
                playing = [
                    threads.submit(self._play, part, shared, (width, height), start + self.seconds)
                    for part in parts
                ]
                for played in playing:
                    played.result()
            took = time.monotonic() - start
            check_secrets(app, parts)
            return [timed for part in parts for timed in part.times], took

    def _cast(self, app: AppServer, shared: str, workshop: Path, open_visitors: ExitStack) -> list[Part]:
        wanted = wishes(app.data_folder / shared, self.visitors * self.each)
        parts = []
        for number in range(self.visitors):
            visitor = open_visitors.enter_context(Visitor(app.url))
            colour = colour_of(number, self.visitors)
            photo = photograph(colour, self.photo) if number < self.photographers else b""
            wished, dice = wanted[number :: self.visitors], random.Random(number)
            part = Part(number, visitor, wished, colour, photo, dice)
            if number < self.uploaders:
                part.own = own_stack(workshop / f"secret{secrets.token_hex(8)}.datastack", number)
            parts.append(part)
        return parts

    def _play(self, part: Part, shared: str, size: Size, until: float) -> None:
        """Play one visitor's part until the time is over."""
        try:
            for _ in self._duties(part, shared, size):
                self._think(part)
            for _ in chain.from_iterable(self._look(part, wish) for wish in cycle(part.wishes)):
                if time.monotonic() > until:
                    break
                self._think(part)
        except Exception as error:
            raise AssertionError(f"visitor {part.number} of {self.visitors}: {error}") from error
        part.times = list(part.visitor.times)

    def _think(self, part: Part) -> None:
        """Read what the page says, and pause."""
        if troubles := part.visitor.page.troubles:
            raise AssertionError(f"the app said: {troubles}")
        time.sleep(part.dice.uniform(0, 2 * self.pause))

    def _duties(self, part: Part, shared: str, size: Size) -> Iterator[None]:
        yield from acts.open_shared(part.visitor, shared)
        if part.own is not None:
            yield from self._own_business(part)
            yield from acts.open_shared(part.visitor, shared)
        elif part.photo:
            yield from acts.register(part.visitor, part.colour, part.photo, self.photo, size)
        yield from self._look(part, part.wishes[0])

    def _look(self, part: Part, wish: Wish) -> Iterator[None]:
        """Look at the shared datastack on every page."""
        yield from acts.look_at_map(part.visitor, wish)
        yield from acts.look_at_spectra(part.visitor, wish, (part.number, 2, part.number + 20, 30))
        yield from acts.compare(part.visitor, wish, GREY)
        yield from acts.look_at_contents(part.visitor)

    def _own_business(self, part: Part) -> Iterator[None]:
        """Upload a datastack, look at it, keep a registration in it."""
        assert part.own is not None
        visitor, stem = part.visitor, part.own.stem
        yield from acts.upload_own(visitor, part.own.name, part.own.read_bytes())
        part.identifier = visitor.address["stack"]
        height, width, _ = DataStack(part.own).shape
        (wish,) = wishes(part.own, 1, first=part.number)
        yield from acts.look_at_map(visitor, wish)
        yield from acts.register(visitor, part.colour, part.photo, self.photo, (width, height))
        yield from acts.keep(visitor, stem)
        yield from acts.compare(visitor, wish, part.colour)
        yield from acts.look_at_contents(visitor, stem)


def check_secrets(app: AppServer, parts: list[Part]) -> None:
    """Check that nobody was told of another's upload, or can open it.

    Raises
    ------
    AssertionError
        Where somebody was or can.
    """
    owners = [part for part in parts if part.own is not None]
    for owner in owners:
        assert owner.own is not None
        for part in parts:
            for secret in (owner.own.stem, owner.identifier):
                told = "was" if part.visitor.was_told(secret) else "was not"
                right = "was" if part is owner else "was not"
                assert told == right, f"visitor {part.number} {told} told {secret}, of visitor {owner.number}"
        stranger = parts[owner.number - 1]
        for page in ("", "maps", "contents"):
            check_refused(app, stranger, owner, page)
        with Visitor(app.url, owner.visitor.cookies) as again:
            again.visit("contents", stack=owner.identifier)
            assert not again.page.troubles, "an upload is lost by a reload"
            assert owner.own.stem in again.page.texts()


def check_refused(app: AppServer, stranger: Part, owner: Part, page: str) -> None:
    """Check that a visitor who knows the identifier of another's upload is told nothing about it."""
    assert owner.own is not None
    with Visitor(app.url, stranger.visitor.cookies) as thief:
        thief.visit(page, stack=owner.identifier)
        where = f"visitor {stranger.number} opened the upload of {owner.number} on the page {page or 'Open'}"
        assert not thief.was_told(owner.own.stem), where
        assert not thief.page.all("number_input"), where
        assert not thief.page.all("link_button"), where

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
from tests.visitors import actions
from tests.visitors.requests_of_visitors import (
    GREY,
    Colour,
    Request,
    Size,
    choose_requests,
    colour_of,
    own_stack,
    photograph,
)
from tests.visitors.session import Visitor


@dataclass
class Script:
    """Script of one visitor of the crowd.

    Attributes
    ----------
    number : int
        From 0.
    visitor : Visitor
    requested : list of Request
        Bands and pixels of the shared datastack that nobody else looks at.
    colour : (int, int, int)
        Of this visitor's photograph.
    photo : bytes
    rng : Random
        How long this visitor thinks.
    own : Path or None
        A datastack to upload, which nobody else has.
    identifier : str
        Under which the upload is open.
    times : list of (str, float)
        The actions, when the script is over.
    """

    number: int
    visitor: Visitor
    requested: list[Request]
    colour: Colour
    photo: bytes
    rng: random.Random
    own: Path | None = None
    identifier: str = ""
    times: list[tuple[str, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Crowd:
    """The number of visitors, and for how long they stay.

    Parameters
    ----------
    visitors, photographers, uploaders : int
        How many there are, how many of them bring a photograph, and how many of these a datastack of their
        own, too, in which they keep it.
    seconds : float
        For which they go on, once everybody has been through everything.
    pause : float
        Seconds that a visitor thinks between two actions, on average.
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
        """Run all visitors on a datastack of the data folder, then check that nothing has leaked.

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
            All actions, and the seconds that each took.
        float
            Seconds from the first act to the last.

        Raises
        ------
        AssertionError
            At the first answer that is wrong, error that is shown, and text that leaked.
        """
        height, width, _ = DataStack(app.data_folder / shared).shape
        with ExitStack() as open_visitors:
            scripts = self._prepare(app, shared, workshop, open_visitors)
            start = time.monotonic()
            with ThreadPoolExecutor(len(scripts)) as threads:
                running = [
                    threads.submit(self._run, script, shared, (width, height), start + self.seconds)
                    for script in scripts
                ]
                for finished in running:
                    finished.result()
            took = time.monotonic() - start
            check_secrets(app, scripts)
            return [timed for script in scripts for timed in script.times], took

    def _prepare(self, app: AppServer, shared: str, workshop: Path, open_visitors: ExitStack) -> list[Script]:
        chosen = choose_requests(app.data_folder / shared, self.visitors * self.each)
        scripts = []
        for number in range(self.visitors):
            visitor = open_visitors.enter_context(Visitor(app.url))
            colour = colour_of(number, self.visitors)
            photo = photograph(colour, self.photo) if number < self.photographers else b""
            requested, rng = chosen[number :: self.visitors], random.Random(number)
            script = Script(number, visitor, requested, colour, photo, rng)
            if number < self.uploaders:
                script.own = own_stack(workshop / f"secret{secrets.token_hex(8)}.datastack", number)
            scripts.append(script)
        return scripts

    def _run(self, script: Script, shared: str, size: Size, until: float) -> None:
        """Run one visitor's script until the time is over."""
        try:
            for _ in self._first_actions(script, shared, size):
                self._pause(script)
            for _ in chain.from_iterable(
                self._use_every_page(script, request) for request in cycle(script.requested)
            ):
                if time.monotonic() > until:
                    break
                self._pause(script)
        except Exception as error:
            raise AssertionError(f"visitor {script.number} of {self.visitors}: {error}") from error
        script.times = list(script.visitor.times)

    def _pause(self, script: Script) -> None:
        """Read what the page says, and pause."""
        if troubles := script.visitor.page.troubles:
            raise AssertionError(f"the app said: {troubles}")
        time.sleep(script.rng.uniform(0, 2 * self.pause))

    def _first_actions(self, script: Script, shared: str, size: Size) -> Iterator[None]:
        yield from actions.open_shared(script.visitor, shared)
        if script.own is not None:
            yield from self._own_upload(script)
            yield from actions.open_shared(script.visitor, shared)
        elif script.photo:
            yield from actions.register(script.visitor, script.colour, script.photo, self.photo, size)
        yield from self._use_every_page(script, script.requested[0])

    def _use_every_page(self, script: Script, request: Request) -> Iterator[None]:
        """Look at the shared datastack on every page."""
        yield from actions.use_maps(script.visitor, request)
        yield from actions.use_spectra(script.visitor, request, (script.number, 2, script.number + 20, 30))
        yield from actions.compare(script.visitor, request, GREY)
        yield from actions.use_contents(script.visitor)

    def _own_upload(self, script: Script) -> Iterator[None]:
        """Upload a datastack, look at it, keep a registration in it."""
        assert script.own is not None
        visitor, stem = script.visitor, script.own.stem
        yield from actions.upload_own(visitor, script.own.name, script.own.read_bytes())
        script.identifier = visitor.address["stack"]
        height, width, _ = DataStack(script.own).shape
        (request,) = choose_requests(script.own, 1, first=script.number)
        yield from actions.use_maps(visitor, request)
        yield from actions.register(visitor, script.colour, script.photo, self.photo, (width, height))
        yield from actions.save_registration(visitor, stem)
        yield from actions.compare(visitor, request, script.colour)
        yield from actions.use_contents(visitor, stem)


def check_secrets(app: AppServer, scripts: list[Script]) -> None:
    """Check that nobody was told of another's upload, or can open it.

    Raises
    ------
    AssertionError
        Where somebody was or can.
    """
    owners = [script for script in scripts if script.own is not None]
    for owner in owners:
        assert owner.own is not None
        for script in scripts:
            for secret in (owner.own.stem, owner.identifier):
                told = "was" if script.visitor.was_told(secret) else "was not"
                right = "was" if script is owner else "was not"
                assert told == right, (
                    f"visitor {script.number} {told} told {secret}, of visitor {owner.number}"
                )
        stranger = scripts[owner.number - 1]
        for page in ("", "maps", "contents"):
            check_refused(app, stranger, owner, page)
        with Visitor(app.url, owner.visitor.cookies) as again:
            again.visit("contents", stack=owner.identifier)
            assert not again.page.troubles, "an upload is lost by a reload"
            assert owner.own.stem in again.page.texts()


def check_refused(app: AppServer, stranger: Script, owner: Script, page: str) -> None:
    """Check that a visitor who knows the identifier of another's upload is told nothing about it."""
    assert owner.own is not None
    with Visitor(app.url, stranger.visitor.cookies) as visitor:
        visitor.visit(page, stack=owner.identifier)
        where = f"visitor {stranger.number} opened the upload of {owner.number} on the page {page or 'Open'}"
        assert not visitor.was_told(owner.own.stem), where
        assert not visitor.page.all("number_input"), where
        assert not visitor.page.all("link_button"), where

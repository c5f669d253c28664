"""A small place for uploads, and how a visitor puts files there."""

from pathlib import Path

from server.incoming_file import Upload
from server.upload_space import Limits
from server.uploads import Uploads
from server.visitor_cookie import owner_id

ANNA, BEN, CLEO = (owner_id(name) for name in ("Anna", "Ben", "Cleo"))
LIMITS = Limits(file=1000, share=2000, quota=2500)


def put(uploads: Uploads, owner: str, content: bytes, name: str = "scan.datastack", **more) -> Upload:
    """Upload and publish a file."""
    return uploads.publish(put_unchecked(uploads, owner, content, name, **more))


def put_unchecked(
    uploads: Uploads, owner: str, content: bytes, name: str = "scan.datastack", **more
) -> Upload:
    """Upload a file that is not checked yet."""
    with uploads.receive(owner, name, len(content), **more) as arrival:
        arrival.write(content)
    return arrival.upload


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())

"""What a person can set about the page under `[projects.platforms.options]` of type `web`."""

from dataclasses import dataclass, field

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Options of the page.

    Attributes:
        upload_limit_mb: Largest file a person can send, in MiB.
        keep_uploads_days: Files that came in are deleted after so many days.
    """

    upload_limit_mb: int = field(
        default=50,
        metadata={"doc": "Largest file that can be sent from the page, in MiB.", "min": 1},
    )
    keep_uploads_days: int = field(
        default=30,
        metadata={"doc": "Files sent from the page are deleted after so many days.", "min": 1},
    )

"""What people are told when the store fails: live, because nothing can be written down then."""

from cc_connect.core.texts import say
from cc_connect.runtime.settings import Settings
from cc_connect.store.errors import StoreError, StoreFull


def store_trouble(error: StoreError, settings: Settings, *, taken: bool = True) -> str:
    """One message that says what is wrong, that nothing is lost, and what to do.

    Args:
        error: What the store said.
        settings: Where it is told.
        taken: False when a message of a person was not taken in for it.
    """
    language = settings.language
    if isinstance(error, StoreFull):
        text = say(language, "store_full")
    else:
        text = say(language, "store_failed", reason=str(error))
    return text if taken else "\n".join((text, say(language, "not_taken")))

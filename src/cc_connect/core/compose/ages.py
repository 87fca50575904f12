"""How long ago something was, for people."""

from cc_connect.core.texts import Language, say

MINUTE, HOUR, DAY = 60, 3600, 86400


def age(seconds: float, language: Language) -> str:
    """How long ago, for people."""
    if seconds < MINUTE:
        return say(language, "just_now")
    if seconds < HOUR:
        return say(language, "minutes_ago", count=int(seconds // MINUTE))
    if seconds < DAY:
        return say(language, "hours_ago", count=int(seconds // HOUR))
    return say(language, "days_ago", count=int(seconds // DAY))

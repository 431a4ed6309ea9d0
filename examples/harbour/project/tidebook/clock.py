"""Times of day as minutes since midnight."""


def minutes(text):
    """Minutes since midnight of a time like "06:32". Anything else is a ValueError."""
    hours, colon, rest = text.strip().partition(":")
    if not (colon and hours.isdecimal() and rest.isdecimal()):
        raise ValueError(f"{text!r} is not a time like 06:32.")
    if int(hours) > 23 or int(rest) > 59:
        raise ValueError(f"{text!r} is not a time of day.")
    return int(hours) * 60 + int(rest)


def clock(minute):
    """The time of day as people write it: 392 is "06:32"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"

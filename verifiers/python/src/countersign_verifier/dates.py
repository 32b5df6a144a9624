"""The date of Huawei's scheme."""

from __future__ import annotations

import re
from typing import Optional

_FORM = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def sdk_date(text: str) -> Optional[int]:
    """Seconds since 1970 of `YYYYMMDDTHHMMSSZ`, `None` for a day or a second that there is not.

    By hand, since `datetime` has no year 0 and `strptime` reads more forms.
    """
    found = _FORM.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    if not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59:
        return None
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _DAYS[month - 1] + (leap and month == 2):
        return None
    # Howard Hinnant's days_from_civil: years start in March.
    shifted = year - (month <= 2)
    era, year_of_era = divmod(shifted, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    days = era * 146_097 + day_of_era - 719_468
    return days * 86_400 + hour * 3600 + minute * 60 + second

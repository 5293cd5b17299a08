"""Durations and shares as people read them."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def in_words(duration: timedelta | None) -> str:
    """Whole minutes, as in "2 h 41 min"; seconds below a minute; nothing for no duration."""
    if duration is None:
        return ""
    seconds = max(0, int(duration.total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    if not hours and not minutes:
        return _("%(seconds)d s") % {"seconds": seconds}
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    if not minutes:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


@register.filter
def percent(share: Decimal | Fraction | None) -> str:
    """A share from 0 to 1 as in "75%", with up to two decimals in the reader's language."""
    if share is None:
        return ""
    hundredths = round(Fraction(share) * 10_000)
    value = (Decimal(hundredths) / 100).normalize()
    return _("%(number)s%%") % {"number": number_format(Decimal(f"{value:f}"))}


@register.filter
def in_clock(duration: timedelta | None) -> str:
    """Minutes and seconds, as in "2:46"; nothing for no duration."""
    if duration is None:
        return ""
    minutes, seconds = divmod(max(0, int(duration.total_seconds())), 60)
    return f"{minutes}:{seconds:02}"

"""The past day that a request asks about."""

from datetime import date

from django.utils.dateparse import parse_date
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from findings.api.filters import refuse_unknown
from tracking.past import Moment, moment

AS_OF = OpenApiParameter("as_of", date, description="True on this day.")
PARAMETERS = [
    AS_OF,
    OpenApiParameter("known_on", date, description="By what was recorded by this day."),
]
NAMES = {"as_of", "known_on"}


def moment_asked(request: Request) -> Moment | None:
    """The moment in `as_of` and `known_on`, None where the request asks about now; a 400 names what is no day."""
    return moment(day_asked(request, "as_of"), day_asked(request, "known_on"))


def refuse_other_parameters(request: Request, *known: str) -> None:
    """The same of a view that asks about a moment, beside what it knows itself."""
    refuse_unknown(request, {*NAMES, *known})


def day_asked(request: Request, name: str) -> date | None:
    """The day in a query parameter, None where it is not given; a 400 that names it where it is no day."""
    given = request.query_params.get(name)
    if not given:
        return None
    try:
        day = parse_date(given)
    except ValueError:
        day = None
    if day is None:
        raise ValidationError({name: ["Expected a day such as 2020-12-31."]})
    return day

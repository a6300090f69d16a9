"""The one writer of saved views and chosen columns: how a person likes their list of findings."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from tracking.models import ChosenColumns, SavedView, User
from tracking.workflow import Incomplete, Refused

MOST_VIEWS = 20
LONGEST_NAME, LONGEST_QUERY = 60, 1000  # as the columns hold
# Of an address, what is no part of a view: which page one was on, and Django's own marks.
PASSING = {"p", "e", "all", "_changelist_filters"}

# What the list can show, with the columns' names; the finding itself is always first.
COLUMNS = {
    "kind": "Kind",
    "stands": "Status",
    "colour": "RAG",
    "due": "Due",
    "target": "Target",
    "owner": "Delivery owner",
    "lead": "Strategic lead",
    "position": "Position",
    "newest": "Newest evidence",
    "force": "Force",
    "report": "From",
}
USUAL = ("kind", "stands", "colour", "due", "owner", "report")


def save_view(user: User, name: str, query: str) -> SavedView:
    """Keeps the list's filters under `name`; a view of that name is replaced. Raises Incomplete without a name, Refused where there are too many."""
    named, kept = " ".join(name.replace("\x00", "").split()), _kept(query)
    if not named or len(named) > LONGEST_NAME:
        raise Incomplete("name_missing", "Give the view a name of at most 60 letters.")
    if len(kept) > LONGEST_QUERY:
        raise Incomplete("view_too_long", "These filters are too many to keep.")
    others = SavedView.objects.filter(user=user).exclude(name=named)
    if others.count() >= MOST_VIEWS:
        raise Refused("too_many_views", f"You have {MOST_VIEWS} views already: forget one first.")
    view, _ = SavedView.objects.update_or_create(user=user, name=named, defaults={"query": kept})
    return view


def forget_view(view: SavedView) -> None:
    """Drops one view; what it showed stays as it is."""
    view.delete()


def choose_columns(user: User, names: Sequence[str]) -> None:
    """Shows these columns from now on, in the list's own order; with none chosen, the usual ones."""
    unknown = set(names) - set(COLUMNS)
    if unknown:
        raise Incomplete("column_unknown", f"There is no column “{sorted(unknown)[0]}”.")
    chosen = [name for name in COLUMNS if name in names]
    ChosenColumns.objects.update_or_create(user=user, defaults={"names": chosen})


def columns_of(user: User, *, several: bool = False) -> list[str]:
    """The columns that the person chose, or the usual ones; with rows of several forces, also whose each is."""
    chosen = ChosenColumns.objects.filter(user=user).values_list("names", flat=True).first() or []
    return [name for name in chosen if name in COLUMNS] or [*(["force"] if several else []), *USUAL]


def _kept(query: str) -> str:
    return urlencode(sorted((name, value) for name, value in parse_qsl(query) if name not in PASSING))

"""The one writer of what a finding is about: rules over its words give the themes, until a person corrects them."""

from collections.abc import Collection, Iterable

from django.db import transaction

from findings.models import Finding, Theme
from findings.theming import themes_of


class UnknownTheme(Exception):
    """A theme that is not among those known here."""


def give_themes(findings: Iterable[Finding]) -> int:
    """Gives each finding the themes that its words tell, unless a person chose them; returns how many changed."""
    known = {theme.slug: theme for theme in Theme.objects.all()}
    changed = 0
    for finding in findings:
        if finding.themes_corrected:
            continue
        told = {slug for slug in themes_of(finding.heading, finding.text or finding.summary) if slug in known}
        if told != {theme.slug for theme in finding.themes.all()}:
            finding.themes.set([known[slug] for slug in sorted(told)])
            changed += 1
    return changed


@transaction.atomic
def correct_themes(finding: Finding, slugs: Collection[str]) -> Finding:
    """Sets the themes that a person chose; no rule replaces them from then on. Raises UnknownTheme, naming what is none."""
    chosen = list(Theme.objects.filter(slug__in=slugs))
    unknown = sorted(set(slugs) - {theme.slug for theme in chosen})
    if unknown:
        raise UnknownTheme(f"No theme is called {', '.join(unknown)}.")
    finding.themes.set(chosen)
    finding.themes_corrected = True
    finding.save(update_fields=["themes_corrected"])
    return finding

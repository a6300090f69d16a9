"""Days in templates, as people say them."""

from django import template

from findings.deadlines import spoken_day

register = template.Library()
register.simple_tag(spoken_day, name="spoken_day")

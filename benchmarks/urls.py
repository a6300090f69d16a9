"""The service's own addresses, and those of the textbook beside them."""

from benchmarks.textbook import urlpatterns as by_the_book
from peeltrack.urls import urlpatterns as own

urlpatterns = [*own, *by_the_book]

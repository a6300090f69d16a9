"""`make bench`."""

from benchmarks import reading

reading.run()

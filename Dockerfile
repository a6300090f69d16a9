# Two stages: the first installs with pip, the second carries neither pip's cache nor a build tool.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --requirement requirements.lock

FROM python:3.11-slim-bookworm
# Pango lays out the papers that are PDFs; DejaVu is what it sets them in.
RUN apt-get update && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core && rm -rf /var/lib/apt/lists/*
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
RUN groupadd --system --gid 1000 peeltrack \
    && useradd --system --uid 1000 --gid peeltrack --home-dir /app --shell /usr/sbin/nologin peeltrack \
    && install --directory --owner=peeltrack --group=peeltrack /data
WORKDIR /app
COPY --from=build /venv /venv
COPY manage.py ./
COPY fixtures fixtures
COPY findings findings
COPY tracking tracking
COPY peeltrack peeltrack
USER peeltrack
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["gunicorn", "peeltrack.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--timeout", "60", "--no-control-socket"]

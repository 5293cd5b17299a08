# One image for every part: web, worker, beat, sweep, migrations. docker-compose.yml names them.

FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements-uv.lock requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
    && python -m venv --without-pip /venv \
    && uv pip sync --python /venv/bin/python --no-cache --compile-bytecode \
        --require-hashes requirements.lock
COPY manage.py ./
COPY config config
COPY accounts accounts
COPY questions questions
COPY exams exams
COPY scoring scoring
COPY templates templates
COPY static static
# The settings of production want addresses; nothing connects to these, and none stays in the image.
RUN env PRODUCTION=true SECRET_KEY=only-for-this-step ALLOWED_HOSTS=localhost \
        DATABASE_URL=postgresql://nobody@localhost/none REDIS_URL=redis://localhost/0 \
        EMAIL_URL=smtp://localhost:25 \
        /venv/bin/python manage.py collectstatic --no-input \
    && /venv/bin/python -m compileall -q config accounts questions exams scoring

FROM python:3.13-slim
# Pango draws the PDFs; without it everything else works and pages are printed instead.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 1000 --no-create-home --shell /usr/sbin/nologin passline
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PRODUCTION=true DJANGO_SETTINGS_MODULE=config.settings
USER passline
EXPOSE 8000
CMD ["granian", "config.wsgi:application", "--interface", "wsgi", "--host", "0.0.0.0", \
     "--port", "8000", "--no-ws", "--http1-header-read-timeout", "60000", "--workers", "2", "--blocking-threads", "4", \
     "--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "10"]

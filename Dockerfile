# The production image: web, worker, beat and the migration step run from it. docs/operations.md says how.
FROM python:3.12-slim-bookworm AS build
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock ./
RUN uv sync --quiet --locked --no-default-groups --group build
COPY . .
RUN .venv/bin/python -m prm_portal.vendor --omit=dev \
    && export PRM_HOME=/tmp/build STATIC_ROOT=/app/collected DATABASE_URL=postgres://none/none REDIS_URL=redis://none/0 \
    && .venv/bin/python manage.py messages --compile \
    && .venv/bin/python manage.py collectstatic --noinput -v0 \
    && uv sync --quiet --locked --no-default-groups \
    && rm -rf node_modules static/vendor tests bench

FROM python:3.12-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin prm && install -d -o prm -g prm /data
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PRM_MODE=production PRM_HOME=/data STATIC_ROOT=/app/collected
USER prm
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["gunicorn", "--config", "prm_portal/gunicorn_conf.py", "--bind", "0.0.0.0:8000", "--access-logfile", "-"]

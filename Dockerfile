# ---- build: the wheel, then an environment that holds it and its locked dependencies, ready to be copied
FROM python:3.12-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /src

# The dependencies first: this layer is built again only when the lock changes. With every extra (console, traces):
# `docker build --build-arg LOCK=requirements-full.lock .`
ARG LOCK=requirements.lock
COPY requirements.lock requirements-full.lock ./
RUN python -m venv /opt/marrow \
 && /opt/marrow/bin/python -m pip install --no-compile --only-binary :all: --require-hashes --requirement "$LOCK"

# The build backend has its own environment, so none of it reaches the image.
COPY requirements-build.lock ./
RUN python -m venv /opt/build \
 && /opt/build/bin/python -m pip install --require-hashes --requirement requirements-build.lock

COPY pyproject.toml mappings_build.py README.md LICENSE NOTICE ./
COPY mappings ./mappings
COPY cds_hooks ./cds_hooks
COPY service ./service
RUN /opt/build/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
 && /opt/marrow/bin/python -m pip install --no-compile --no-deps /dist/*.whl \
 && /opt/marrow/bin/python -m pip uninstall --yes pip

# Bytecode that does not depend on file times: it stays valid however the files are copied.
RUN /opt/marrow/bin/python -m compileall -q -f --invalidation-mode unchecked-hash /opt/marrow/lib

# ---- run
FROM python:3.12-slim

LABEL org.opencontainers.image.title="Marrow" \
      org.opencontainers.image.description="CDS Hooks service for bone marrow edema and bone marrow edema syndrome" \
      org.opencontainers.image.licenses="Apache-2.0"

# A number, so that a cluster can see that it is not root. Its home is the working folder: an embedded
# SQLite file lands there when no MARROW_DATABASE_URL is given.
RUN groupadd --gid 10001 marrow \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/marrow --create-home --shell /usr/sbin/nologin marrow

COPY --from=build /opt/marrow /opt/marrow

ENV PATH=/opt/marrow/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

WORKDIR /var/lib/marrow
USER 10001:10001
EXPOSE 8000

# http.client and not urllib: it knows no proxy settings, and this call must stay inside the container.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import sys, http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/health/live'); sys.exit(c.getresponse().status != 200)"]

# The default mode is production: calls need a token, and the site's clients.yaml says whose.
ENTRYPOINT ["marrow"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]

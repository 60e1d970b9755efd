# One image for the web process, the worker and the migrations. It holds no secrets: those come
# from the environment. BASE may be any image with Python 3.11 or later and the GNU C library.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/stadsbreed
COPY requirements.lock /source/
RUN /opt/stadsbreed/bin/python -m pip install --require-hashes --requirement /source/requirements.lock
COPY pyproject.toml README.md LICENSE /source/
COPY app /source/app
COPY migrations /source/migrations
COPY solver /source/solver
RUN /opt/stadsbreed/bin/python -m pip install --no-deps --no-build-isolation /source
# The machine code of the solver's loops, made now and not at the first start. It belongs to sources of a certain
# age, which images keep in whole seconds; and to a kind of processor: another kind makes its own, once.
WORKDIR /opt/stadsbreed
RUN core=$(dirname "$(bin/python -c 'import importlib.util; print(importlib.util.find_spec("solver.core").origin)')") \
    && touch --date=@"$(date +%s)" "$core"/*.py \
    && rm -rf "$core/__pycache__" \
    && mkdir /var/cache/stadsbreed \
    && ln -s /var/cache/stadsbreed "$core/__pycache__" \
    && bin/python -c 'from app.rounds.service.warm_up import warm_up; warm_up()'

FROM ${BASE}
LABEL org.opencontainers.image.title="Stadsbreed" \
      org.opencontainers.image.licenses="EUPL-1.2"
ENV PATH=/opt/stadsbreed/bin:$PATH PYTHONUNBUFFERED=1
COPY --from=build /opt/stadsbreed /opt/stadsbreed
COPY --from=build --chown=10001 /var/cache/stadsbreed /var/cache/stadsbreed
RUN useradd --system --uid 10001 --home-dir /data --create-home stadsbreed
USER 10001
WORKDIR /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["stadsbreed"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]

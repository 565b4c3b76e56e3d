# Exact tags; docs/security.md says how to build from a digest instead: --build-arg PYTHON_IMAGE=python@sha256:…
ARG PYTHON_IMAGE=python:3.13.7-slim-bookworm

# The page of the playground is built here too, so that `incident-bot playground` works in the image without Node.
FROM ${PYTHON_IMAGE} AS build
# `otel` for traces (docs/operations.md).
ARG REQUIREMENTS=runtime
RUN apt-get update && apt-get install --yes --no-install-recommends binutils
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements ./requirements
RUN python -m venv --without-pip /opt/bot \
 && python -m venv /opt/tools \
 && /opt/tools/bin/pip install --require-hashes -r requirements/node.txt \
 && /opt/tools/bin/pip --python /opt/bot/bin/python install --no-compile --require-hashes -r requirements/${REQUIREMENTS}.txt
COPY pyproject.toml README.md LICENSE manifest.yml ./
COPY bot ./bot
COPY handlers ./handlers
RUN PYTHONPATH=/src /opt/tools/bin/python -m bot.playground.bundle \
 && /opt/tools/bin/pip --python /opt/bot/bin/python install --no-compile --no-deps .
COPY .ci/image.py ./
RUN /opt/bot/bin/python image.py /image && install -d -m 0700 /own/data

# No shell and no packages of a system: what .ci/image.py found the bot to need.
FROM scratch
COPY --from=build /image/ /
# Nothing in the image belongs to the user it runs as but /data, so it runs as well with a read-only root.
COPY --from=build --chown=10001:10001 /own/ /
ENV PATH=/opt/bot/bin LANG=C.UTF-8 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 BOT_HOST=0.0.0.0 BOT_PORT=3000 BOT_DATA_DIR=/data LOG_FORMAT=json
USER 10001:10001
WORKDIR /home/bot
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"BOT_PORT\"]}/healthz', timeout=2)"]
ENTRYPOINT ["incident-bot"]
CMD ["serve"]

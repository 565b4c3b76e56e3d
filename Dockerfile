# The page of the playground is built here too, so that `incident-bot playground` works in the image without Node.
FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements ./requirements
RUN python -m venv /opt/bot \
 && python -m venv /opt/tools \
 && /opt/tools/bin/pip install --require-hashes -r requirements/node.txt \
 && /opt/bot/bin/pip install --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE manifest.yml ./
COPY bot ./bot
COPY handlers ./handlers
RUN PYTHONPATH=/src /opt/tools/bin/python -m bot.playground.bundle \
 && /opt/bot/bin/pip install --no-deps .

FROM python:3.13-slim-bookworm
RUN useradd --create-home --uid 10001 bot && install -d -o bot -g bot /data
COPY --from=build /opt/bot /opt/bot
ENV PATH=/opt/bot/bin:$PATH PYTHONUNBUFFERED=1 BOT_HOST=0.0.0.0 BOT_PORT=3000 BOT_DATA_DIR=/data LOG_FORMAT=json
USER bot
WORKDIR /home/bot
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"BOT_PORT\"]}/healthz', timeout=2)"]
ENTRYPOINT ["incident-bot"]
CMD ["serve"]

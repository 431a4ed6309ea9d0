# One image for the server, the workers and the one-shot migration. Alone it runs all of them in one process.
FROM python:3.11-slim AS requirements
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

FROM python:3.11-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap git \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin signalbox \
 && install -d -o signalbox -g signalbox -m 700 /data
COPY --from=requirements /opt/venv /opt/venv
COPY . /app
RUN /opt/venv/bin/python -m compileall -q /app /opt/venv/lib
WORKDIR /app
USER signalbox
# The venv is not in PATH: checks of a project must not find Signalbox's own packages.
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SIGNALBOX_DATA=/data \
    HOST=0.0.0.0
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["/opt/venv/bin/python"]
CMD ["manage.py", "up"]

# One image for the six services; the command chooses the service and the process.
ARG BASE=python:3.12-slim
FROM ${BASE} AS build
COPY requirements/run.txt /tmp/run.txt
RUN python3 -m venv /app/venv \
 && /app/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/run.txt

FROM ${BASE}
# A fixed, unprivileged user; nothing is written under /app.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin plateforme
COPY --from=build /app/venv /app/venv
COPY chassis /app/chassis
COPY services /app/services
WORKDIR /app
ENV PATH=/app/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0
USER 10001
ENTRYPOINT ["python", "-m", "chassis.run"]
CMD ["--help"]

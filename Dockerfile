# Build: docker build --build-arg TORCH_INDEX=… -t frontline-copilot:0.1.0 .
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/copilot
COPY requirements.lock ./
# The lock is complete, so nothing is resolved. The CPU build of PyTorch first, from the index that PyTorch publishes it in:
# README, Set-up elsewhere.
ARG TORCH_INDEX=
RUN /opt/copilot/bin/pip install --no-cache-dir --no-deps ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch==2.13.0 \
    && /opt/copilot/bin/pip install --no-cache-dir --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY copilot copilot
COPY ingest ingest
COPY knowledge knowledge
RUN /opt/copilot/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/copilot copilot \
    && install -d -o 10001 -g 10001 -m 0700 /var/lib/copilot /srv/blobs
COPY --from=build /opt/copilot /opt/copilot
ENV PATH=/opt/copilot/bin:$PATH COPILOT_HOME=/var/lib/copilot PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/copilot
EXPOSE 8000
CMD ["copilot", "serve", "--host", "0.0.0.0"]

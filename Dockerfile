# orgscan as a scheduled job. BASE is any image with Python 3.11 or newer with venv:
#   docker build --build-arg BASE=python:3.12-slim-bookworm -t orgscan .
# Without a network, from a folder of wheels:
#   docker build --build-arg PIP_NO_INDEX=1 --build-arg PIP_FIND_LINKS=/wheels -v "$PWD/wheels:/wheels:ro" .
ARG BASE=python:3.12-slim-bookworm

# One step for each, so that a change of the code installs nothing else anew.
# hadolint global ignore=DL3059
FROM ${BASE} AS build
ARG PIP_NO_INDEX
ARG PIP_FIND_LINKS
WORKDIR /src
RUN ["python3", "-m", "venv", "/build"]
RUN ["python3", "-m", "venv", "--without-pip", "/opt/orgscan"]
COPY requirements.lock requirements-build.lock ./
RUN ["/build/bin/pip", "install", "--no-cache-dir", "--require-hashes", "-r", "requirements-build.lock"]
RUN ["/build/bin/pip", "--python", "/opt/orgscan/bin/python", "install", "--no-cache-dir", "--require-hashes", "--only-binary", ":all:", "-r", "requirements.lock"]
COPY pyproject.toml README.md LICENSE ./
COPY orgscan ./orgscan
COPY config ./config
RUN ["mkdir", "/empty"]
RUN ["/build/bin/python", "-m", "hatchling", "build", "-t", "wheel", "-d", "/wheel"]
RUN ["/build/bin/pip", "--python", "/opt/orgscan/bin/python", "install", "--no-cache-dir", "--no-index", "--no-deps", "--find-links", "/wheel", "orgscan"]

FROM ${BASE}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="orgscan" \
      org.opencontainers.image.description="Which ECS task sets of a whole AWS organization can get a public IP, and the proof." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /opt/orgscan /opt/orgscan
# A volume takes over whose folder it is mounted on.
COPY --from=build --chown=65532:65532 /empty /reports
# The root file system may be read-only: what is written is written to the volume, and to /tmp.
ENV PATH=/opt/orgscan/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    ORGSCAN_OUTPUT=/reports \
    ORGSCAN_LOG_FORMAT=json
VOLUME ["/reports", "/tmp"]
WORKDIR /tmp
USER 65532:65532
STOPSIGNAL SIGTERM
ENTRYPOINT ["orgscan"]
CMD ["scan"]

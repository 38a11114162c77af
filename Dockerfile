# docker build -t goaktd .
#
# Two stages: the first builds the Debian packages, the second installs them, so what the programs need at run time is
# what the packages say.
FROM debian:12 AS build
WORKDIR /source
COPY packaging/debian-packages packaging/debian-packages
COPY scripts/lib.sh scripts/lib.sh
RUN bash -c 'source scripts/lib.sh && packages build package' && rm -rf /var/lib/apt/lists/*
COPY . .
RUN GOAKT_NO_INSTALL=1 scripts/package

FROM debian:12-slim
COPY --from=build /source/build/release/packages/*.deb /tmp/packages/
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates \
       /tmp/packages/libgoakt1_*.deb /tmp/packages/goaktd_*.deb /tmp/packages/goaktctl_*.deb \
    && rm -rf /tmp/packages /var/lib/apt/lists/* \
    && install -d -o 10001 -g 10001 -m 750 /run/goaktd /var/lib/goaktd
# A number, so that Kubernetes can see that it is not root. Everything else may be read-only.
USER 10001:10001
ENV RUNTIME_DIRECTORY=/run/goaktd STATE_DIRECTORY=/var/lib/goaktd HOME=/var/lib/goaktd \
    GOAKTCTL_ENDPOINTS=unix:///run/goaktd/admin.sock
VOLUME ["/run/goaktd", "/var/lib/goaktd"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["goaktctl", "health", "--live"]
ENTRYPOINT ["goaktd"]

# The daemon as an image. The PAM module belongs on the host, in sshd's and sudo's own file system: the build stage makes it
# too, and `docker build --target artefacts --output out .` takes it out. README.md, "In a container", says how to run it.
#
# BASE is a Debian with Node 20.18.1 or later among its packages. A build downloads by apt and npm alone, from where the base
# has them set up. Mirrors, a registry or a certificate authority of your own are given as secrets, which no layer keeps:
#   --secret id=apt,src=apt.conf --secret id=npmrc,src=.npmrc --secret id=ca,src=ca.pem (.npmrc: cafile=/run/secrets/ca)
ARG BASE=debian:13-slim

FROM ${BASE} AS build
RUN --mount=type=secret,id=apt,target=/etc/apt/apt.conf.d/zz-build \
    apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      nodejs npm node-gyp libnode-dev ca-certificates g++ gcc make python3 libc6-dev libpam0g-dev
WORKDIR /build
COPY package.json package-lock.json ./
# The packages' own scripts are not run: the addons are compiled below, against libnode-dev's headers.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca \
    npm ci --ignore-scripts --engine-strict --no-audit --no-fund
COPY tsconfig.json ./
COPY src src
COPY native native
COPY conf/duo-roots.pem conf/
COPY packaging packaging
# The Debian package's own steps, so that both ship the same program. They set every owner and mode: npm as root leaves those
# of the publisher's machine.
RUN umask 022 && mkdir /work /artefacts \
    && sh packaging/stage-program.sh /build /work /stage && sh packaging/stage-native.sh /build /work /stage \
    && cp /stage/usr/bin/login_duogate /stage/usr/lib/*/security/pam_duogate.so /artefacts

FROM scratch AS artefacts
COPY --from=build /artefacts /

FROM ${BASE}
# Nobody in there needs a setuid program.
RUN --mount=type=secret,id=apt,target=/etc/apt/apt.conf.d/zz-build \
    apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs ca-certificates \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log /var/log/alternatives.log \
    && groupadd --system --gid 64738 duogate \
    && useradd --system --uid 64738 --gid duogate --home-dir / --shell /usr/sbin/nologin duogate \
    && install -d /etc/duogate && install -d -o duogate -g duogate /run/duogate \
    && find / -xdev -type f -perm /6000 -exec chmod ug-s {} + \
    && ln -s ../lib/duogate/dist/src/main.js /usr/bin/duogate
COPY --from=build /stage/usr/lib/duogate /usr/lib/duogate
USER 64738:64738
# Well is a daemon that answers, even one that complains (8) of Duo or of a reload: starting it again would mend neither.
HEALTHCHECK --interval=30s --timeout=15s --start-period=10s CMD /usr/bin/duogate status --json || [ $? -eq 8 ]
ENTRYPOINT ["/usr/bin/duogate"]
CMD ["run", "--config", "/etc/duogate/duogate.conf"]

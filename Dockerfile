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
# Node's headers are libnode-dev's: left to itself, node-gyp may fetch them from nodejs.org.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca \
    npm_config_nodedir=/usr npm ci --engine-strict --no-audit --no-fund
COPY tsconfig.json ./
COPY src src
COPY native native
COPY conf/duo-roots.pem conf/
# SECURITY: cp makes all of it root's and writable by nobody else. Older npm, run as root, leaves files with the owner and
# the mode that their publisher's machine gave them.
RUN npm run --silent build:ts && make --silent -C native && npm prune --omit=dev --offline --no-audit --no-fund \
    && umask 022 && mkdir -p /stage/dist && cp -r package.json node_modules conf /stage && cp -r dist/src /stage/dist

FROM scratch AS artefacts
COPY --from=build /build/native/build/pam_duogate.so /build/native/build/login_duogate /

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
COPY --from=build /stage /usr/lib/duogate
USER 64738:64738
# Asks the daemon whether it answers, not whether Duo does: restarting the daemon would not bring Duo back.
HEALTHCHECK --interval=30s --timeout=15s --start-period=10s CMD ["/usr/bin/duogate", "status", "--json"]
ENTRYPOINT ["/usr/bin/duogate"]
CMD ["run", "--config", "/etc/duogate/duogate.conf"]

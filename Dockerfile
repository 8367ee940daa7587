# The daemon as an image. The PAM module belongs on the host, in sshd's and sudo's own file system: the build stage makes it
# too, and `docker build --target artefacts --output out .` takes it out.
#
#   docker run --read-only --cap-drop=ALL --user 64738 -v /run/duogate:/run/duogate \
#     -v /etc/duogate/duogate.conf:/etc/duogate/duogate.conf:ro IMAGE
#
# The configuration must belong to that uid with mode 0600, /run/duogate to root or that uid, and the PAM line says
# `owner=64738`, because inside the container nobody is root.
ARG BASE=debian:13-slim

FROM ${BASE} AS build
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      nodejs npm node-gyp libnode-dev g++ gcc make python3 libc6-dev libpam0g-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY src src
COPY native native
RUN npx tsc --project tsconfig.json && chmod 755 dist/src/main.js && make -C native && npm prune --omit=dev

FROM scratch AS artefacts
COPY --from=build /build/native/build/pam_duogate.so /build/native/build/login_duogate /

FROM ${BASE}
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs ca-certificates \
      && rm -rf /var/lib/apt/lists/* \
      && groupadd --system --gid 64738 duogate \
      && useradd --system --uid 64738 --gid duogate --home-dir / --shell /usr/sbin/nologin duogate
COPY --from=build /build/package.json /usr/lib/duogate/package.json
COPY --from=build /build/node_modules /usr/lib/duogate/node_modules
COPY --from=build /build/dist/src /usr/lib/duogate/dist/src
COPY conf/duo-roots.pem /usr/lib/duogate/conf/duo-roots.pem
RUN ln -s /usr/lib/duogate/dist/src/main.js /usr/bin/duogate && install -d -o duogate /run/duogate
USER duogate
# The sockets answer: a connection that is accepted and closed without START costs the daemon nothing.
HEALTHCHECK --interval=30s --timeout=5s CMD ["node", "-e", "require('node:net').connect('/run/duogate/login.sock').on('connect', () => process.exit(0)).on('error', () => process.exit(1))"]
ENTRYPOINT ["duogate", "run", "--config", "/etc/duogate/duogate.conf"]

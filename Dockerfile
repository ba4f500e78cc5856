# Oneway with its pages built; each of its processes runs from this image. docs/containers.md
FROM node:26-bookworm-slim AS built
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts/mend-postgres.mjs scripts/
RUN npm ci --omit=dev
COPY . .
RUN npm run build && npm run --silent sbom > sbom.cdx.json

FROM node:26-bookworm-slim
WORKDIR /app
# Owned by root: the program cannot change itself, and its root may be read-only.
COPY --from=built /app .
RUN install -d -o 1000 -g 1000 -m 0700 /data /witness
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    ONEWAY_METRICS_PORT=9300 \
    ONEWAY_DATA=/data \
    ONEWAY_WITNESS=/witness \
    ONEWAY_DEMO=0
USER 1000:1000
VOLUME ["/data", "/witness"]
EXPOSE 3000 9300
# Beside the metrics, as a worker listens nowhere else.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
    CMD ["node", "-e", "fetch('http://127.0.0.1:9300/healthz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "scripts/start.mjs"]

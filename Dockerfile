# Built: tiles, server and viewer from the lock file.
FROM node:20-bookworm-slim AS build
WORKDIR /yutu
COPY package.json package-lock.json .npmrc tsconfig.base.json ./
COPY tiles/package.json tiles/
COPY server/package.json server/
COPY server/bin server/bin
COPY web/package.json web/
RUN npm ci --include=dev
COPY tiles tiles
COPY server server
COPY web web
RUN npm run build && npm prune --omit=dev

# Run: what the server needs, as a user without rights.
FROM node:20-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /yutu
COPY package.json LICENSE ./
COPY --from=build /yutu/node_modules node_modules
COPY --from=build /yutu/tiles/package.json tiles/
COPY --from=build /yutu/tiles/dist tiles/dist
COPY --from=build /yutu/server/package.json server/
COPY --from=build /yutu/server/bin server/bin
COPY --from=build /yutu/server/dist server/dist
COPY --from=build /yutu/web/package.json web/
COPY --from=build /yutu/web/dist web/dist
COPY sql sql
COPY data data
RUN mkdir /data && chown node /data
USER node
VOLUME /data
EXPOSE 8080
CMD ["node", "server/bin/yutu.js", "serve"]

# Which image of Node.js: docker/images.yml, from where docker-compose.yml takes it.
ARG NODE_IMAGE

# Built: tiles, server and viewer from the lock file.
FROM $NODE_IMAGE AS build
WORKDIR /yutu
COPY package.json package-lock.json .npmrc tsconfig.base.json ./
COPY contract/package.json contract/
COPY tiles/package.json tiles/
COPY server/package.json server/
COPY server/bin server/bin
COPY web/package.json web/
RUN npm ci --include=dev
COPY contract contract
COPY tiles tiles
COPY server server
COPY web web
RUN npm run build && npm prune --omit=dev

# Run: what the server needs, as a user without rights.
FROM $NODE_IMAGE
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /yutu
COPY package.json LICENSE ./
COPY --from=build /yutu/node_modules node_modules
COPY --from=build /yutu/contract/package.json contract/
COPY --from=build /yutu/contract/dist contract/dist
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

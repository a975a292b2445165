/**
 * The floors of the house (docs/architecture.md), bottom first. A room imports only from floors below its own;
 * rooms on one floor do not import each other. `npm run floors` checks it.
 */
const floors = [
  ['config', 'errors'],
  ['db', 'incoming'],
  ['audit'],
  ['identity'],
  ['http', 'mail'],
  ['catalogue'],
  ['demo'],
  ['access'],
  ['guard'],
  ['store'],
  ['requests'],
  ['account', 'features', 'tiles', 'live', 'drafts'],
  ['openapi', 'governance', 'exchange'],
  ['setup'],
  ['app'],
  ['cli'],
];
const rooms = floors.flat();
const room = (names) => `^server/src/(${names.join('|')})(/|\\.ts$)`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...floors.flatMap((floor, height) =>
      floor.map((name) => ({
        name: `floor-of-${name}`,
        comment: `${name} imports only from floors below it${floor.length > 1 ? ', not from its neighbours' : ''}`,
        severity: 'error',
        from: { path: room([name]) },
        to: { path: room(rooms.filter((other) => other !== name && !floors.slice(0, height).flat().includes(other))) },
      })),
    ),
    {
      name: 'no-room-without-a-floor',
      comment: 'every file of the server belongs to a room named in the floors above',
      severity: 'error',
      from: {},
      to: { path: '^server/src/', pathNot: room(rooms) },
    },
    {
      name: 'nothing-from-a-room-without-a-floor',
      severity: 'error',
      from: { path: '^server/src/', pathNot: room(rooms) },
      to: {},
    },
    {
      name: 'tiles-stand-alone',
      comment: 'the tiles package knows no server, no viewer, no http, no database',
      severity: 'error',
      from: { path: '^tiles/' },
      to: { path: ['^(server|web|test|sql)/', '^node_modules/(express|pg|@electric-sql)/'] },
    },
    {
      name: 'the-contract-stands-alone',
      comment: 'what may be asked and answered: zod and the generator of the document, nothing of ours',
      severity: 'error',
      from: { path: '^contract/' },
      to: {
        path: ['^(server|web|tiles|test|sql|data)/', '^node_modules/'],
        pathNot: '^node_modules/(zod|@asteasolutions/zod-to-openapi)/',
      },
    },
    {
      name: 'the-viewer-knows-the-contract-by-type',
      comment: 'no zod in what a browser loads',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^contract/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tiles-use-no-node-services',
      comment: 'but files, in the three places where a snapshot meets them',
      severity: 'error',
      from: { path: '^tiles/src/', pathNot: ['\\.test\\.ts$', '^tiles/src/snapshot/(scratch|source|output)\\.ts$'] },
      to: { dependencyTypes: ['core'], path: '^(node:)?(https?|http2|net|fs|child_process|worker_threads)(/|$)' },
    },
    {
      name: 'the-viewer-speaks-http',
      comment: 'web imports itself and pure code of tiles',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(server|test|sql|data)/' },
    },
    {
      name: 'the-server-knows-no-viewer',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^(web|test)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { pathNot: '^node_modules' },
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-declared-packages',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: { path: '^(contract|tiles|server)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['\\.css(\\?|$)', '\\.(woff2?|svg|png)(\\?|$)', '\\?worker'] },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
    },
  },
};

import type { Examples } from '../operation.js';
import type { Value } from '../schemas/index.js';
import { transport } from './platform.js';

/* Sessions and keys of the planner. */

export const credentials: Examples<'Credentials'> = {
  planner: ['The planner of the demonstration', { username: 'planner', password: 'yutu-demo' }],
};

export const session: Examples<'Session'> = {
  planner: [
    'A planner with one open request',
    {
      user: { username: 'planner', nameZh: '周敏', nameEn: 'Zhou Min', organisation: transport, roles: ['planner'] },
      inbox: 0,
      mine: 1,
    },
  ],
};

export const anonymousSession: Examples<'Session'> = {
  ...session,
  anonymous: ['Nobody is signed in', { user: null, inbox: 0, mine: 0 }],
};

export const keyInput: Examples<'KeyInput'> = {
  scoped: ['For one system and one layer', { name: '规划审批系统', layers: ['parcels'], until: '2027-02-28' }],
  wide: [
    'For whatever the organisation may use, from one network, 50,000 times a day',
    { name: 'Riverside railway GIS', actions: ['view', 'query'], networks: ['10.20.0.0/16'], quota: 50_000 },
  ],
};

const key: Value<'ApiKey'> = {
  id: 'a4c2aed4-34a0-47bf-8a84-32d113fdd37f',
  name: '规划审批系统',
  prefix: 'yt_PZZ2',
  organisation: 'transport',
  createdBy: 'planner',
  layers: ['parcels'],
  actions: null,
  networks: null,
  quota: 50_000,
  requestsToday: 0,
  createdAt: '2026-11-24T02:30:00.000Z',
  until: '2027-02-28',
  previousUntil: null,
  lastUsed: null,
  revokedAt: null,
};

export const keys: Examples<'ApiKeys'> = {
  used: ['A key that was used', { keys: [{ ...key, requestsToday: 1240, lastUsed: '2026-11-25T01:05:12.000Z' }], maxDays: 365 }],
};

export const newKey: Examples<'NewApiKey'> = {
  made: ['A new key with its secret', { ...key, key: 'yt_PZZ2exampleexampleexampleexample' }],
};

export const rotation: Examples<'KeyRotation'> = {
  weekend: ['Both are good for three days', { overlapHours: 72 }],
};

export const rotatedKey: Examples<'NewApiKey'> = {
  rotated: [
    'The secret before is good for three days more',
    { ...key, prefix: 'yt_9dKf', key: 'yt_9dKfexampleexampleexampleexample', previousUntil: '2026-11-27T02:30:00.000Z' },
  ],
};

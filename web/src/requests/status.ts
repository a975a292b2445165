import type { ShareRequest } from '../api/types';

/** The word and colour a request is shown with; keys of the `requests` bundle under `status`. */
export type Standing =
  | 'draft'
  | 'waiting'
  | 'late'
  | 'correction'
  | 'granted'
  | 'narrower'
  | 'future'
  | 'expired'
  | 'revoked'
  | 'refused'
  | 'withdrawn';

export type Tone = 'plain' | 'acc' | 'ok' | 'warn' | 'bad';

export const TONES: Record<Standing, Tone> = {
  draft: 'plain',
  waiting: 'acc',
  late: 'bad',
  correction: 'warn',
  granted: 'ok',
  narrower: 'ok',
  future: 'ok',
  expired: 'plain',
  revoked: 'plain',
  refused: 'plain',
  withdrawn: 'plain',
};

/** A decided request stands as its grant does: once that ended, so did the right. */
export function standing(request: Pick<ShareRequest, 'status' | 'clock' | 'grant'>): Standing {
  switch (request.status) {
    case 'submitted':
      return request.clock && !request.clock.paused && request.clock.left < 0 ? 'late' : 'waiting';
    case 'granted':
    case 'narrower':
      if (request.grant?.status === 'revoked' || request.grant?.status === 'expired' || request.grant?.status === 'future')
        return request.grant.status;
      return request.status;
    default:
      return request.status;
  }
}

export const GROUPS = ['all', 'yours', 'theirs', 'given', 'ended'] as const;
export type Group = (typeof GROUPS)[number];

/** The tab a request is listed under, beside 全部. */
export function groupOf(request: Pick<ShareRequest, 'status' | 'clock' | 'grant'>): Exclude<Group, 'all'> {
  switch (standing(request)) {
    case 'draft':
    case 'correction':
      return 'yours';
    case 'waiting':
    case 'late':
      return 'theirs';
    case 'granted':
    case 'narrower':
    case 'future':
      return 'given';
    default:
      return 'ended';
  }
}

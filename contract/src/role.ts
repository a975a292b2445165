import { z } from './zod.js';

/** Roles within an organisation (planner, steward, org_admin) and on the platform: the three administrators apart (system, security, audit). */
export const roles = ['planner', 'steward', 'org_admin', 'admin', 'security', 'auditor'] as const;
export type Role = (typeof roles)[number];

export const role = z.enum(roles);

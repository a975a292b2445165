import { isDeepStrictEqual } from 'node:util';
import { faultsOf, type Operation, z } from '@yutu/contract';
import { YutuError } from '../errors/fail.js';

/**
 * Holds an answer against the contract, strictly: also members that it does not have are faults.
 * @throws Error that names the operation and what differs
 */
export function checkReply({ id, answers }: Operation, status: number, body: unknown): void {
  const answer = answers[status];
  if (!answer) throw new Error(`${id} answered ${status}, which its contract does not have`);
  if (!answer.json) {
    if (body !== undefined) throw new Error(`${id} answered ${status} with a body, where its contract has none`);
    return;
  }
  const sent: unknown = JSON.parse(JSON.stringify(body));
  const { data, error } = answer.json.schema.safeParse(sent);
  if (error) throw new Error(`${id} answered ${status} against its contract: ${z.prettifyError(error)}`);
  // What zod does not know it leaves out.
  if (!isDeepStrictEqual(data, sent))
    throw new Error(`${id} answered ${status} with members that its contract does not have: ${JSON.stringify(sent)}`);
}

/** The fault as it is; one that the operation's contract does not have becomes an error that says so. */
export function checkedFault(operation: Operation | undefined, error: unknown): unknown {
  if (!operation || !(error instanceof YutuError) || faultsOf(operation).has(error.code)) return error;
  return new Error(`${operation.id} answered ${error.code}, which its contract does not have`, { cause: error });
}

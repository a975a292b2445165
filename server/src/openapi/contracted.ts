import { type Operation, QUERY_FAULTS } from '@yutu/contract';
import { answer, body, headerMap, operation } from './operation.js';
import { type ParameterName, param } from './parameters.js';
import type { Fault } from './problems.js';
import { componentOf } from './schemas/index.js';
import type { Paths, Response } from './types.js';

/** An operation of the contract whose faults and parameters the document has. */
type Known = Operation & { faults: readonly Fault[]; parameters?: readonly ParameterName[] };

/** The contract's operations as paths of the document. Does not compile where one names a fault or a parameter that there is not. */
export function pathsOf(operations: Record<string, Known>): Paths {
  const paths: Paths = {};
  for (const { method, path, parameters, body: sent, answers, ...plan } of Object.values(operations)) {
    paths[path] ??= {};
    paths[path][method] = operation({
      ...plan,
      faults: [...new Set([...QUERY_FAULTS, ...plan.faults])],
      ...(parameters && { parameters: parameters.map(param) }),
      ...(sent && { body: body(componentOf(sent.schema), sent.examples as never) }),
      answers: Object.fromEntries(Object.entries(answers).map(([status, one]) => [status, responseOf(one)])),
    });
  }
  return paths;
}

function responseOf({ description, json, headers = [] }: Operation['answers'][number]): Response {
  if (json) return answer(componentOf(json.schema), description, json.examples as never, { headers });
  return { description, ...(headers.length > 0 && { headers: headerMap(headers) }) };
}

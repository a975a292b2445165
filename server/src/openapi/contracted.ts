import { type Operation, QUERY_FAULTS, type QueryParam } from '@yutu/contract';
import { answer, body, headerMap, operation } from './operation.js';
import { type ParameterName, param, query as queryParameter } from './parameters.js';
import type { Fault } from './problems.js';
import { componentOf } from './schemas/index.js';
import type { Parameter, Paths, Response, Schema } from './types.js';

/** An operation of the contract whose faults and parameters the document has. */
type Known = Operation & { faults: readonly Fault[]; parameters?: readonly ParameterName[] };

/** The contract's operations as paths of the document. Does not compile where one names a fault or a parameter that there is not. */
export function pathsOf(operations: Record<string, Known>): Paths {
  const paths: Paths = {};
  for (const { method, path, parameters = [], query = {}, body: sent, answers, ...plan } of Object.values(operations)) {
    const named = [...parameters.map(param), ...Object.entries(query).map(([name, one]) => parameterOf(name, one))];
    paths[path] ??= {};
    paths[path][method] = operation({
      ...plan,
      faults: [...new Set([...QUERY_FAULTS, ...plan.faults])],
      ...(named.length > 0 && { parameters: named }),
      ...(sent && { body: body(componentOf(sent.schema), sent.examples as never, !sent.optional) }),
      answers: Object.fromEntries(Object.entries(answers).map(([status, one]) => [status, responseOf(one)])),
    });
  }
  return paths;
}

function responseOf({ description, json, file, headers = [] }: Operation['answers'][number]): Response {
  if (json) return answer(componentOf(json.schema), description, json.examples as never, { headers, ...(file && { file }) });
  return { description, ...(headers.length > 0 && { headers: headerMap(headers) }) };
}

const parameterOf = (name: string, param: QueryParam): Parameter =>
  queryParameter(name, param.about, schemaOf(param), param.example, param.required);

function schemaOf(param: QueryParam): Schema {
  if (param.is === 'word')
    return { type: 'string', enum: [...param.words], ...(param.otherwise && { default: param.otherwise }) };
  if (param.is === 'text') {
    const { format, minLength, maxLength } = param;
    return { type: 'string', ...(format && { format }), ...(minLength && { minLength }), ...(maxLength && { maxLength }) };
  }
  const { minimum, maximum, otherwise } = param;
  return {
    type: 'integer',
    minimum,
    ...(maximum !== undefined && { maximum }),
    ...(otherwise !== undefined && { default: otherwise }),
  };
}

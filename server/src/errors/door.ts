import { entry } from './entry.js';

/** Faults of requests that no room is asked about, and of nodes that may not answer them. */
export const doorErrors = {
  request_malformed: entry(
    400,
    '请求无法读取',
    'Unreadable request',
    () => '收到的不是完整有效的 HTTP 请求。',
    () => 'What came is no complete, valid HTTP request.',
  ),
  request_too_long: entry(
    431,
    '请求行或请求头过长',
    'Request line or headers too long',
    () => '地址和请求头合计不能超过 16 kB。较长的过滤条件请分几次查询。',
    () => 'Address and headers may hold 16 kB together. Ask with a long filter in several requests.',
  ),
  method_not_allowed: entry(
    405,
    '不支持的操作',
    'Method not allowed',
    (v) => `这个网址不支持 ${v.method}。`,
    (v) => `${v.method} is not possible at this address.`,
  ),
  request_timeout: entry(
    408,
    '请求超时',
    'Request timed out',
    () => '请求没有在规定时间内发送完。',
    () => 'The request did not arrive in time.',
  ),
  service_elsewhere: entry(
    404,
    '这里没有这项服务',
    'No such service here',
    (v) => `这里没有 ${v.service} 服务。本平台提供 OGC API 服务，地址：${v.requestApi}`,
    (v) => `There is no "${v.service}" service here. This platform offers OGC APIs, beginning at ${v.requestApi}`,
  ),
  rights_unknown: entry(
    503,
    '暂不能确认授权',
    'Rights not known',
    () => '本节点暂时收不到授权变更，授权数据暂停提供；公开图层不受影响。请稍后再试。',
    () => 'This node does not hear of changed rights just now: it gives public layers only. Try again shortly.',
  ),
};

import { entry } from './entry.js';

/** What one person may not do alone, or not for themselves. */
export const personErrors = {
  not_on_duty: entry(
    403,
    '不在值守名单',
    'Not on duty',
    () => '应急授权由值守人员发出和确认；本单位数据管理员只能发出本单位图层的应急授权。值守名单见平台设置。',
    () =>
      'Emergencies are opened and confirmed by people on duty, a steward for the own organisation’s layers only. Who is on duty stands in the instance’s settings.',
  ),
  gives_to_self: entry(
    403,
    '不能授予自己',
    'Not for oneself',
    () => '授予者、其单位、代办人和所建的密钥不能在获得者之列，请由他人办理。',
    () => 'Who gives may not be among those who get, nor their organisation, stand-in or keys: somebody else must give this.',
  ),
  emergency_unconfirmed: entry(
    409,
    '应急授权尚待确认',
    'Waits to be confirmed',
    (v) => `您为“${v.titleZh}”向同一对象发出的应急授权还没有人确认。请先由另一位值守人员确认，不必再发一次。`,
    (v) =>
      `Your emergency for "${v.titleEn}" to the same subject waits for its second person. Have another person on duty confirm it instead of opening it again.`,
  ),
  emergency_lapsed: entry(
    409,
    '须由另一人发出',
    'Another person opens it',
    (v) => `您为“${v.titleZh}”发出的应急授权没有人按时确认，${v.days} 天内须由另一位值守人员发出。`,
    (v) => `Nobody confirmed your emergency for "${v.titleEn}" in time. For ${v.days} days another person on duty must open it.`,
  ),
  same_person: entry(
    403,
    '须由另一人办理',
    'Needs another person',
    () => '这一步须由另一人办理：不能是前一步的经办人、申请人或其代办人，也不能是申请单位的人。',
    () =>
      'This step needs another person than who took the one before or asked, and none who stands in for them or is of the applying organisation.',
  ),
  correction_once: entry(
    409,
    '补正只能一次性告知',
    'What is missing is told once',
    () => '这个申请已经要求补正过一次，所缺内容须一次性告知；请按现有内容答复，不得以材料不全为由不予共享。',
    () => 'A correction of this request was asked for before, and all that is missing is told at once. Decide on what is there.',
  ),
  ground_missing: entry(
    409,
    '没有不予共享的依据',
    'No ground to withhold it',
    () => '不予共享须有法律、行政法规或国务院决定为依据；这个图层没有写明是哪一种，请在图层定义中补上 groundKind 后再确认。',
    () =>
      'A layer is withheld on the ground of a law, an administrative regulation or a decision of the State Council. This one does not say which: its definition names it (groundKind) before it can be confirmed.',
  ),
  extension_once: entry(
    409,
    '只能延长一次',
    'Extended once only',
    () => '这个申请的答复期限已经申请延长过，只能延长一次。',
    () => 'An extension of this request was asked for before; there is one only.',
  ),
  extension_late: entry(
    409,
    '答复期限已过',
    'The time to answer is over',
    (v) => `答复期限 ${v.due} 已过，延长须在期限内申请。请尽快答复。`,
    (v) => `The answer was due on ${v.due}: an extension is asked for before that day is over. Answer as soon as you can.`,
  ),
};

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
  same_person: entry(
    403,
    '须由另一人办理',
    'Needs another person',
    () => '这一步须由另一人办理：不能是前一步的经办人、申请人或其代办人，也不能是申请单位的人。',
    () =>
      'This step needs another person than who took the one before or asked, and none who stands in for them or is of the applying organisation.',
  ),
};

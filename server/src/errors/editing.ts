import { entry } from './entry.js';

/** Faults of editing single features. */
export const editingErrors = {
  edit_by_owner: entry(
    403,
    '不能编辑',
    'Not yours to edit',
    (v) => `“${v.titleZh}”由${v.ownerZh}的数据管理员维护，其他人不能编辑。`,
    (v) => `"${v.titleEn}" is kept by the stewards of ${v.ownerEn}; nobody else can edit it.`,
  ),
  media_type_unsupported: entry(
    415,
    '不支持的内容类型',
    'Unsupported content type',
    (v) => `提交的内容类型应为：${v.allowed}。`,
    (v) => `The content type must be one of: ${v.allowed}.`,
  ),
  precondition_required: entry(
    428,
    '请注明所依据的版本',
    'Say which state you saw',
    () => '修改和删除要带 If-Match，值为读取该要素时的 ETag，以免覆盖他人的修改。',
    () => 'Changing or deleting needs If-Match with the ETag of the feature as you read it, so that nobody’s change is lost.',
  ),
  precondition_failed: entry(
    412,
    '要素已被修改',
    'Changed meanwhile',
    (v) => `要素 ${v.fid} 已先被${v.by === '' ? '他人' : ` ${v.by} 于 ${v.at} `}修改，您的修改没有写入。请看过现状再改。`,
    (v) =>
      `Feature ${v.fid} was changed first${v.by === '' ? '' : ` by ${v.by} at ${v.at}`}; your change was not written. Look at it as it is now and try again.`,
  ),
};

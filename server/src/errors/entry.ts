export type Values = Record<string, string | number>;
/** A fault's http status and its sentence in both languages. */
export interface ErrorText {
  status: number;
  titleZh: string;
  titleEn: string;
  detailZh: (v: Values) => string;
  detailEn: (v: Values) => string;
}

/** One row of the table. */
export const entry = (
  status: number,
  titleZh: string,
  titleEn: string,
  detailZh: (v: Values) => string,
  detailEn: (v: Values) => string,
): ErrorText => ({ status, titleZh, titleEn, detailZh, detailEn });
